// `npm run demo`: a release goes out over live traffic four times. Prints what happens and a table at the end, writes
// .pointsman/demo-report.json, and exits 0 when everything that was promised was kept; see README.md.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { acts } from './acts.ts';
import { endLeftovers } from './leftovers.ts';
import { type Load, startLoad } from './load-process.ts';
import { playAct } from './play-act.ts';
import { product } from './product.ts';
import { demoReport, type PlayedAct } from './report.ts';
import { reportTable } from './report-table.ts';

const requestsPerSecond = 200;
const secondsAtMost = 88;
const pace = { lookMs: 200, tellMs: 4_000, killAfterMs: 3_000, deadMs: 3_000, unseenMs: 10_000, goOnMs: 1_500 };

const root = join(import.meta.dirname, '..', '..', '.pointsman');
const folder = join(root, 'demo');
const data = join(folder, 'data');
const reportFile = join(root, 'demo-report.json');

const from = Date.now();
const interrupted = new AbortController();
const outOfTime = AbortSignal.timeout(secondsAtMost * 1000);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => interrupted.abort(new Error(`${signal}: ending what was started`)));

process.exitCode = await demo();

async function demo(): Promise<number> {
  await endLeftovers(data); // of a run that could not end them itself
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });

  const played: PlayedAct[] = [];
  const host = await product(join(import.meta.dirname, 'pointsman.yaml'), data, join(folder, 'host.log'));
  let load: Load | undefined;
  const stage = {
    product: host,
    shop,
    load: () => load,
    startLoad: (url: string) => {
      say(`  ${requestsPerSecond} requests a second go to ${url} from now on`);
      load = startLoad(url, requestsPerSecond, requestsPerSecond * secondsAtMost);
      return load;
    },
    versions: new Map<string, string>(),
    say,
    pace,
    signal: AbortSignal.any([interrupted.signal, outOfTime]),
  };
  try {
    say(`starting a host at ${host.endpoint}, data in .pointsman/demo`);
    say(`it is process ${await host.start()}`);
    for (const act of acts) played.push(await playAct(act, stage));
    await load?.stop();
  } catch (thrown) {
    say(styleText('red', explain(thrown)));
  } finally {
    load?.kill();
    await host.stop();
    await endLeftovers(data);
  }

  const run = { from, to: Date.now(), requestsPerSecond };
  const report = demoReport(run, acts, played, load?.tallies() ?? []);
  await writeFile(reportFile, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${reportTable(report, (style, text) => styleText(style, text))}`);
  console.log('The same as JSON: .pointsman/demo-report.json · what the host wrote: .pointsman/demo/host.log');
  if (interrupted.signal.aborted) return 130;
  return report.passed ? 0 : 1;
}

/** A release of examples/shop: a copy of the folder with its own release.json. */
async function shop(version: string, errorRate: number): Promise<string> {
  const release = join(folder, `shop-${version}`);
  await cp(join(import.meta.dirname, '..', 'shop'), release, { recursive: true });
  await writeFile(join(release, 'release.json'), JSON.stringify({ version, errorRate, latencyMs: 5 }));
  return release;
}

function say(text: string): void {
  const seconds = ((Date.now() - from) / 1000).toFixed(1).padStart(5);
  console.log(`${styleText('dim', seconds)}  ${text}`);
}

function explain(thrown: unknown): string {
  if (outOfTime.aborted) return `not done after ${secondsAtMost} s: see above what it waited for`;
  if (interrupted.signal.aborted) return (interrupted.signal.reason as Error).message;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
