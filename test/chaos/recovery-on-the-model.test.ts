import { afterAll, describe, expect, it } from 'vitest';
import { modelWorld } from '../support/model-world.ts';
import { recoveryMachines } from '../support/recovery-world.ts';
import {
  type Cell,
  type CellRun,
  type Fault,
  faults,
  type MatrixWorld,
  rowOf,
  runCell,
  tableOf,
} from './recovery-matrix.ts';

const cells: readonly Cell[] = [
  ...faults.map((fault): Cell => ({ verb: 'switchover', fault, when: 'before' })),
  ...faults.slice(1).map((fault): Cell => ({ verb: 'switchover', fault, when: 'during' })),
  ...faults.map((fault): Cell => ({ verb: 'failover', fault, when: 'before' })),
  ...faults.map((fault): Cell => ({ verb: 'failback', fault, when: 'before' })),
  ...faults.slice(1).map((fault): Cell => ({ verb: 'failback', fault, when: 'during' })),
];

/** The model of a replicated store, on virtual time. What it shows of the order of steps, it shows of the model only. */
async function onTheModel(): Promise<MatrixWorld> {
  const model = await modelWorld();
  const { store, group, sites } = model;
  const struckSites = new Set<string>();
  const primary = async () => {
    const { sites: states } = await store.observe(group);
    const claims = states.filter(({ role }) => role === 'primary');
    const newest = claims.toSorted((a, b) => Number(b.received?.branch ?? 0) - Number(a.received?.branch ?? 0))[0];
    return newest?.site ?? [...struckSites][0] ?? '';
  };
  return {
    ...model,
    async strike(fault: Fault, site) {
      if (fault === 'healthy') return;
      struckSites.add(site);
      if (fault === 'hung') store.hang(site);
      if (fault === 'killed') store.kill(site);
      if (fault === 'partitioned') store.partition(site);
    },
    noticed: async () => undefined,
    async heal() {
      for (const site of sites) store.hold(site, 'nothing');
      model.clock.advance(5000);
      for (const site of struckSites) store.heal(site);
      model.clock.advance(60_000);
    },
    hold: async (standby, held) => store.hold(standby, held ? 'sent' : 'nothing'),
    async write() {
      await model.write();
      for (const site of sites) await model.writeAt(site);
    },
    primary,
    missing: async () => model.missingAt(await primary()),
    writable: async () => store.writable(group).map(({ site }) => site),
    unanswered: new Set(),
    broken: async () => [],
    close: async () => undefined,
  };
}

/** A cell in which every call fails and is tried again has many steps alike: of those every third, of the others all. */
const stride = ({ when }: Cell): number => (process.env['POINTSMAN_CHAOS'] === 'all' || when === 'before' ? 1 : 3);

describe('recovery on the model of a store, its controller killed before and after its commits', () => {
  const machines = recoveryMachines();
  const table: (readonly string[])[] = [];

  it.each(cells)('$verb, old primary $fault $when', { timeout: 120_000 }, async (cell) => {
    const undisturbed = await runCell(onTheModel, machines, cell, 0);
    const runs: CellRun[] = [undisturbed];
    for (let dieAt = 1; dieAt <= undisturbed.moments; dieAt += stride(cell))
      runs.push(await runCell(onTheModel, machines, cell, dieAt));
    const violations = runs.flatMap(({ violations: each }, run) => each.map((words) => `run ${run}: ${words}`));
    table.push(rowOf(cell, runs));

    expect(violations).toEqual([]);
    expect([...new Set(runs.map(({ outcome }) => outcome))]).toEqual([undisturbed.outcome]);
  });

  afterAll(() => {
    console.log(`Recovery on a model of a store, on virtual time; no database is behind it.\n${tableOf(table)}`);
  });
});
