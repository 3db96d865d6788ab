import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stoppedGroup } from '../support/postgres-group.ts';
import { recoveryMachines } from '../support/recovery-world.ts';
import { seededDice } from '../support/seeded-dice.ts';
import { groupWishes, postgresWorld } from './postgres-world.ts';
import { type Cell, type CellRun, type Fault, faults, rowOf, runCell, tableOf, type Verb } from './recovery-matrix.ts';

/**
 * `all`: the controller dies at every moment of every cell, for hours. A number: so often in each cell, for minutes. Default: once
 * in each of a few cells, in which most happens.
 */
const wanted = process.env['POINTSMAN_CHAOS'] ?? 'few';
const seed = Number(process.env['POINTSMAN_SEED'] ?? 4711);
const few =
  'switchover-healthy,failover-hung,failover-killed,failover-partitioned,failback-healthy,backup-healthy,restore-killed,restore-drill-hung';
/** Cells by name; these alone are run. */
const only = (process.env['POINTSMAN_CELLS'] ?? (wanted === 'few' ? few : undefined))?.split(',');

/** How many moments a run has at least: what was taken away from it changes what it does. */
const moments: Readonly<Record<Verb, Readonly<Partial<Record<Fault, number>>>>> = {
  switchover: { healthy: 38, hung: 14, killed: 14, partitioned: 14 },
  failover: { healthy: 40, hung: 40, killed: 40, partitioned: 52 },
  failback: { healthy: 60, hung: 14, killed: 14, partitioned: 14 },
  backup: { healthy: 14 },
  restore: { healthy: 14, hung: 14, killed: 14, partitioned: 14 },
  'restore-drill': { healthy: 14, hung: 14, killed: 14, partitioned: 14 },
};
const cells = (Object.keys(moments) as Verb[])
  .flatMap((verb) => faults.map((fault): Cell => ({ verb, fault, when: 'before' })))
  .filter(({ verb, fault }) => moments[verb][fault] !== undefined)
  .filter(({ verb, fault }) => only?.includes(`${verb}-${fault}`) ?? true);

let beginning: Awaited<ReturnType<typeof stoppedGroup>>;
beforeAll(async () => {
  beginning = await stoppedGroup(groupWishes);
}, 60_000);
afterAll(() => beginning?.[Symbol.asyncDispose]());

describe(`recovery on PostgreSQL, its controller killed before and after its commits (seed ${seed})`, () => {
  const machines = recoveryMachines();
  const withBackups = recoveryMachines({ withBackups: true });
  const { uniform } = seededDice(seed);
  const table: (readonly string[])[] = [];
  const run = ({ verb, ...cell }: Cell, dieAt: number) =>
    runCell(
      () => postgresWorld(beginning.folder),
      verb === 'failover' || verb === 'failback' ? machines : withBackups,
      { verb, ...cell },
      dieAt,
    );

  it.each(cells)('$verb, old primary $fault', { timeout: wanted === 'few' ? 200_000 : 7_200_000 }, async (cell) => {
    const runs: CellRun[] = [];
    const diesAt: number[] = [];
    if (wanted === 'all') {
      runs.push(await run(cell, 0));
      diesAt.push(0, ...Array.from({ length: runs[0]?.moments ?? 0 }, (_, at) => at + 1));
    } else {
      const least = moments[cell.verb][cell.fault] ?? 1;
      diesAt.push(
        ...Array.from({ length: wanted === 'few' ? 1 : Number(wanted) }, () => 1 + Math.floor(uniform() * least)),
      );
    }
    for (const dieAt of diesAt.slice(runs.length)) runs.push(await run(cell, dieAt));
    table.push(
      rowOf(cell, runs, wanted === 'all' ? undefined : `${diesAt.join(', ')} of ${moments[cell.verb][cell.fault]}`),
    );
    const found = runs.flatMap(({ violations }, at) => violations.map((words) => `dying at ${diesAt[at]}: ${words}`));

    expect(found, `seed ${seed}`).toEqual([]);
    expect(
      [...new Set(runs.map(({ outcome }) => outcome))],
      `seed ${seed}, dying at ${diesAt.join(', ')}`,
    ).toHaveLength(1);
  });

  // In real time that is too long for any suite.
  it.skip('backup, old primary hung, killed or partitioned: it waits 20 minutes for the primary to come back', () =>
    undefined);

  afterAll(() => {
    console.log(`Recovery on PostgreSQL servers of this machine, in real time; seed ${seed}.\n${tableOf(table)}`);
  });
});
