// `npm run demo:recovery`: a protected store on two sites goes through its worst days, under a client that keeps writing.
// Prints what happens and a table at the end, writes .pointsman/recovery-report.json, and exits 0 when every promise was
// kept; see README.md.
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { parse, stringify } from 'yaml';
import { freePort, type Product, product } from '../product.ts';
import { endLeftovers } from '../leftovers.ts';
import type { Act } from './acts/act.ts';
import { failback } from './acts/failback.ts';
import { failoverDrill } from './acts/failover-drill.ts';
import { failover } from './acts/failover.ts';
import { nightlyBackup } from './acts/nightly-backup.ts';
import { plannedSwitchovers } from './acts/planned-switchovers.ts';
import { pointInTime } from './acts/point-in-time.ts';
import { pointsman } from './cli.ts';
import { type Prober, startProber, tooLate } from './prober.ts';
import { awaitGroup } from './recovery-api.ts';
import { type Found, type Played, type RecoveryReport, reportTable } from './report.ts';
import { ask, type Login } from './sql.ts';
import { group, promise, type Stage } from './stage.ts';
import { startWriter, type Writer } from './writer.ts';

const acts: readonly Act[] = [nightlyBackup, plannedSwitchovers, failover, failback, pointInTime, failoverDrill];
/** It takes two minutes on a machine with two cores and nothing else to do; whatever takes this long hangs. */
const secondsAtMost = 420;

const root = join(import.meta.dirname, '..', '..', '..', '.pointsman');
const folder = join(root, 'recovery');
const reportFile = join(root, 'recovery-report.json');
/** Names the data folder of the last run, for one that could not end what it started. */
const lastData = join(folder, 'data-folder');

const from = Date.now();
const interrupted = new AbortController();
const outOfTime = AbortSignal.timeout(secondsAtMost * 1000);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => interrupted.abort(new Error(`${signal}: ending what was started`)));
const signal = AbortSignal.any([interrupted.signal, outOfTime]);

process.exitCode = await demo();

async function demo(): Promise<number> {
  await mkdir(folder, { recursive: true });
  await clearAway(await readFile(lastData, 'utf8').catch(() => undefined));
  // PostgreSQL refuses to run as root: whom it runs as then must get to its data.
  const place = await mkdtemp(join(tmpdir(), 'pointsman-recovery-'));
  await chmod(place, 0o711);
  await writeFile(lastData, place);

  const played: Played[] = [];
  let begun: Begun | undefined;
  let stoppedBy: string | null = null;
  try {
    begun = await begin(place);
    for (const act of acts) played.push(await playAct(act, begun.stage));
  } catch (thrown) {
    stoppedBy = explain(thrown);
    say(styleText('red', stoppedBy));
  } finally {
    await Promise.all([begun?.stage.writer.stop(), begun?.stage.prober.stop()]);
    await begun?.end();
    await clearAway(place);
  }
  const to = Date.now();
  const whole = begun === undefined ? [] : wholeOf(begun.stage.writer, begun.stage.prober);
  const passed =
    played.length === acts.length && [...whole, ...played.flatMap(({ found }) => found)].every(({ kept }) => kept);
  const report: RecoveryReport = { from, to, passed, acts: played, whole, stoppedBy };
  await writeFile(reportFile, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${reportTable(report, (style, text) => styleText(style, text))}`);
  console.log('The same as JSON: .pointsman/recovery-report.json · what the host wrote: .pointsman/recovery/host.log');
  if (interrupted.signal.aborted) return 130;
  return passed ? 0 : 1;
}

interface Begun {
  readonly stage: Stage;
  end(): Promise<void>;
}

/** A host with the group, the client's table, and those who write and try to. */
async function begin(place: string): Promise<Begun> {
  const password = randomBytes(16).toString('hex');
  process.env['SHOP_PASSWORD'] = password;
  for (const site of ['NORTH', 'SOUTH']) process.env[`SHOP_KEY_${site}`] = randomBytes(32).toString('hex');
  const ports = { north: await freePort(), south: await freePort() };
  const config = await configure(ports);
  const hostLog = join(folder, 'host.log');
  await rm(hostLog, { force: true });
  const host = await product(config, join(place, 'data'), hostLog, 60_000);
  const cli = pointsman(host.endpoint, signal);
  const end = async () => {
    await pointsman(host.endpoint, AbortSignal.timeout(30_000))('down', '--yes', '--force').catch(() => undefined);
    await host.stop();
  };
  try {
    say(`starting a host at ${host.endpoint}, which makes the group: a primary, its standby and a keeper for each`);
    say(`it is process ${await started(host)}`);
    const login = (user: string, port: number): Login => ({ port, user, password });
    const both = (user: string) => ({ north: login(user, ports.north), south: login(user, ports.south) });
    const port = await awaitGroup(host.endpoint, group, signal);
    await ask(login('pointsman', port), `CREATE ROLE shop LOGIN PASSWORD '${password}'`);
    await ask(login('pointsman', port), 'GRANT CREATE ON SCHEMA public TO shop');
    await ask(login('shop', port), 'CREATE TABLE orders (id bigint PRIMARY KEY, note text)');
    await ask(login('shop', port), 'CREATE TABLE tries (id int)');
    say(`a client writes one order after the other to 127.0.0.1:${port}; another tries at both sites themselves`);
    const writer = startWriter(login('shop', port));
    const prober = startProber(both('shop'));
    const address = login('shop', port);
    const stage = { endpoint: host.endpoint, pointsman: cli, address, sites: both('shop'), admins: both('pointsman') };
    return { stage: { ...stage, writer, prober, lost: new Set<number>(), say, signal }, end };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}

async function started(host: Product): Promise<number> {
  const pid = await host.start();
  signal.throwIfAborted();
  return pid;
}

/** The configuration of this folder with ports that are free. */
async function configure(ports: Readonly<Record<string, number>>): Promise<string> {
  const configuration = parse(await readFile(join(import.meta.dirname, 'pointsman.yaml'), 'utf8')) as {
    groups: Record<string, { sites: Record<string, object> }>;
  };
  const { sites = {} } = configuration.groups[group] ?? {};
  for (const [site, port] of Object.entries(ports)) sites[site] = { ...sites[site], port };
  const file = join(folder, 'pointsman.yaml');
  await writeFile(file, stringify(configuration));
  return file;
}

async function playAct(act: Act, stage: Stage): Promise<Played> {
  const begunAt = Date.now();
  console.log(`\n${styleText('bold', act.title)}`);
  const { runs, found } = await act.play(stage);
  for (const { promise: text, found: seen, kept } of found)
    say(`  ${kept ? styleText('green', '✓') : styleText('red', '✗')} ${text}: ${seen}`);
  const shown = runs.map(({ lost: _lost, details: _details, ...run }) => run);
  return { title: act.title, from: begunAt, to: Date.now(), found, runs: shown };
}

function wholeOf(writer: Writer, prober: Prober): readonly Found[] {
  const late = tooLate(prober.taken);
  const branches = new Set(prober.taken.map(({ branch }) => branch)).size;
  const [example] = late;
  const took = `${prober.taken.length} of ${prober.tries} tries were taken, on ${branches} branches; ${late.length} too late`;
  return [
    promise(
      'never did two sites accept writes in one epoch',
      late.length === 0 && branches > 1,
      example === undefined ? took : `${took}, ${example.site} on branch ${example.branch}`,
    ),
    promise('the client wrote all the time', writer.acks.length > 0, `${writer.acks.length} rows acknowledged`),
  ];
}

/** Ends by pid whatever still works for the folder, and deletes it. */
async function clearAway(place: string | undefined): Promise<void> {
  if (place === undefined || !place.startsWith(join(tmpdir(), 'pointsman-recovery-'))) return;
  await endLeftovers(join(place, 'data'));
  await rm(place, { recursive: true, force: true });
  await rm(lastData, { force: true });
}

function say(text: string): void {
  const seconds = ((Date.now() - from) / 1000).toFixed(1).padStart(5);
  console.log(`${styleText('dim', seconds)}  ${text}`);
}

function explain(thrown: unknown): string {
  if (interrupted.signal.aborted) return (interrupted.signal.reason as Error).message;
  if (outOfTime.aborted) return `not done after ${secondsAtMost} s: see above what it waited for`;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
