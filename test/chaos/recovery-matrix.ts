import type { Json } from '../../engine/data/json.ts';
import type { RecoverySurroundings, RecoveryWorld } from '../support/recovery-world.ts';
import { type Machines, recoveryWorld } from '../support/recovery-world.ts';

/** What became of the primary that a run takes writes away from. */
export const faults = ['healthy', 'hung', 'killed', 'partitioned'] as const;
export type Fault = (typeof faults)[number];
export type Verb = 'switchover' | 'failover' | 'failback' | keyof typeof backupInputs;

/** What the workflows that no person approves are started with. */
const backupInputs = {
  backup: { kind: 'full' },
  restore: { target: { kind: 'latest' }, scratch: 'look' },
  'restore-drill': {},
} as const;

/** A cell of the matrix: `during` strikes when writes wait already. */
export interface Cell {
  readonly verb: Verb;
  readonly fault: Fault;
  readonly when: 'before' | 'during';
}

/** A world in which things can happen to sites, and that knows what clients were promised. */
export interface MatrixWorld extends RecoverySurroundings {
  strike(fault: Fault, site: string): Promise<void>;
  /** Waits until those who follow a struck site have seen it. */
  noticed(site: string): Promise<void>;
  /** Every fault ends, every stream flows, and enough time passes for whatever would happen by itself. */
  heal(): Promise<void>;
  /** Changes no longer arrive at the standby, or arrive again. */
  hold(standby: string, held: boolean): Promise<void>;
  /** A client writes through the endpoint, and one goes to each site itself. */
  write(): Promise<void>;
  /** The site whose data counts now: the primary of the newest branch. */
  primary(): Promise<string>;
  /** Acknowledged rows that it does not have, by id. */
  missing(): Promise<readonly number[]>;
  /** Rows whose clients never heard what became of them: they may be there or not. */
  readonly unanswered: ReadonlySet<number>;
  /** Where clients' writes were taken, by the epoch that the site was shown. */
  readonly wroteAt: ReadonlyMap<number, ReadonlySet<string>>;
  /** Sites that take clients' writes right now. */
  writable(): Promise<readonly string[]>;
  /** What else this world saw that should never be, in words. Asked at the end. */
  broken(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface CellRun {
  readonly outcome: string;
  /** Moments at which the controller could have died. */
  readonly moments: number;
  readonly deaths: number;
  /** What should never be; empty when all is well. */
  readonly violations: readonly string[];
}

/** Runs one cell with a controller that dies at its `dieAt`-th moment (0: never), and says what was broken. */
export async function runCell(
  make: () => Promise<MatrixWorld>,
  machines: Machines,
  { verb, fault, when }: Cell,
  dieAt: number,
): Promise<CellRun> {
  const model = await make();
  const [home = '', other = ''] = model.sites;
  const violations = new Set<string>();
  const target = verb === 'failback' ? other : home;
  let struck = true;

  const look = async (): Promise<void> => {
    const writable = await model.writable();
    if (writable.length > 1) violations.add(`${writable.join(' and ')} took writes at once`);
  };
  const before = async (name: string): Promise<void> => {
    if (!struck && name === 'freeze-site') {
      struck = true;
      await model.strike(fault, target);
    }
    await look();
    await model.write();
  };
  const timePasses = async (): Promise<boolean> => {
    const isOn = await model.letTimePass();
    await look();
    await model.write();
    return isOn;
  };
  const options = { machines, before, after: look };
  const world = recoveryWorld({ ...model, letTimePass: timePasses }, options);
  await model.write();
  if (verb === 'failback') await failHomeOver(model, world);
  else if (verb === 'failover') {
    await model.hold(other, true);
    await model.write();
  }
  struck = when === 'before';
  if (struck) await model.strike(fault, target);
  if (verb === 'failover' && fault !== 'healthy') await model.noticed(target);
  const input = await inputOf(world, verb, fault);
  await world.replaceController(dieAt);
  const summary = await world.run(verb, input);
  await look();
  const moments = world.moments();
  const deaths = world.deaths();

  const outcome = (await world.runs.read(summary.arn))?.outcome ?? 'not recorded';
  if (dieAt > 0 && deaths !== 1) violations.add(`the controller died ${deaths} times`);
  for (const lease of [
    `group:${model.group}`,
    `backups:${model.group}`,
    'backups:look',
    `backups:${model.group}--drill`,
  ])
    if ((await world.leases.read(lease)) !== undefined) violations.add(`the lease ${lease} was not given back`);
  if (outcome === 'done' || outcome === 'aborted') {
    const { site, sessions } = await world.endpoint.observe(model.group);
    if (site !== (await model.primary()) || sessions !== 'open')
      violations.add(`the endpoint is ${sessions} to ${site}`);
  }
  await model.heal();
  await world.settle();
  await look();
  if (verb === 'failover' && outcome === 'done') await countWhatWasLost(world, summary.arn);
  const missing = await model.missing();
  const ledger = (await ledgerOf(world, model.group)).filter((id) => !model.unanswered.has(id));
  if (missing.join() !== ledger.join())
    violations.add(`missing are ${missing.join()}, the ledger has ${ledger.join()}`);
  if (verb === 'failback' && outcome === 'done') {
    const [a, b] = await Promise.all(model.sites.map((site) => model.ports.store.contents(model.group, site)));
    if (JSON.stringify(a) !== JSON.stringify(b)) violations.add('the sites differ after the failback');
  }
  for (const [epoch, sites] of model.wroteAt)
    if (sites.size > 1) violations.add(`${[...sites].join(' and ')} took writes in epoch ${epoch}`);
  for (const words of await model.broken()) violations.add(words);
  await model.close();
  return { outcome, moments, deaths, violations: [...violations] };
}

async function inputOf(world: RecoveryWorld, verb: Verb, fault: Fault): Promise<{ readonly [key: string]: Json }> {
  if (verb in backupInputs) return backupInputs[verb as keyof typeof backupInputs];
  const vouched = fault === 'healthy' ? [{ check: 'primary-lost', reason: 'the building burns' }] : [];
  const mode = verb as Exclude<Verb, keyof typeof backupInputs>;
  return { approval: await world.approval(mode, mode === 'failover' ? { overrides: vouched } : {}) };
}

/** The group as it stands when a failback is wanted. */
async function failHomeOver(model: MatrixWorld, world: RecoveryWorld): Promise<void> {
  const [home = '', other = ''] = model.sites;
  await model.hold(other, true);
  await model.write();
  await model.strike('killed', home);
  await model.noticed(home);
  const { status, cause } = await world.run('failover', { approval: await world.approval('failover') });
  if (status !== 'SUCCEEDED') throw new Error(`the failover before the failback ended as ${status}: ${cause}`);
  await model.hold(other, false);
}

/** Lost rows that could not be read at once are read by the failback, before it rebuilds. */
async function countWhatWasLost(world: RecoveryWorld, execution: string): Promise<void> {
  const run = await world.runs.read(execution);
  if (run?.lost === null) await world.run('failback', { approval: await world.approval('failback') });
}

/** Ids of every row that failovers are recorded to have lost. */
async function ledgerOf(world: RecoveryWorld, group: string): Promise<readonly number[]> {
  const failovers = (await world.runs.list(group, 50)).filter(({ kind }) => kind === 'failover');
  return failovers
    .flatMap(({ lost }) => lost?.rows.map(({ key }) => Number(key['id'])) ?? [])
    .toSorted((a, b) => a - b);
}

/** A line of the table that a suite prints. */
export function rowOf(
  { verb, fault, when }: Cell,
  runs: readonly CellRun[],
  moments = String(runs[0]?.moments ?? 0),
): readonly string[] {
  return [
    verb,
    fault,
    fault === 'healthy' ? '' : when === 'before' ? 'before it begins' : 'while writes wait',
    [...new Set(runs.map(({ outcome }) => outcome))].join(', '),
    moments,
    String(runs.reduce((sum, { deaths }) => sum + deaths, 0)),
    String(runs.reduce((sum, { violations }) => sum + violations.length, 0)),
  ];
}

/** What happened in each cell, in columns. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const head = ['run', 'old primary', 'struck', 'outcome', 'moments', 'deaths', 'violations'];
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  ');
  return [head, ...rows].map((row) => line(row).trimEnd()).join('\n');
}
