import { setTimeout as sleep } from 'node:timers/promises';
import { describeExecution, readNewestHistory, readService, type ServiceStatus } from './host-api.ts';
import type { Load } from './load-process.ts';
import type { Product } from './product.ts';
import type { Act, PlayedAct } from './report.ts';
import { count } from './tally.ts';
import { judgementIn } from './verdicts.ts';
import type { Sample } from './weights.ts';

/** What the acts are played with. */
export interface Stage {
  readonly product: Product;
  /** The folder of a release of the shop. */
  readonly shop: (version: string, errorRate: number) => Promise<string>;
  /** The load that runs, once it was started. */
  readonly load: () => Load | undefined;
  /** Starts the load towards the service's public URL. */
  readonly startLoad: (url: string) => Load;
  /** Versions by digest, of everything that was pushed. */
  readonly versions: Map<string, string>;
  readonly say: (text: string) => void;
  readonly pace: Pace;
  /** Aborted when there is no time left, or somebody pressed Ctrl-C. */
  readonly signal: AbortSignal;
}

/** How long things take in an act. */
interface Pace {
  /** Between two looks at the service. */
  readonly lookMs: number;
  /** Between two lines that say how things are, when nothing changes. */
  readonly tellMs: number;
  /** From the new release's first share until the host is killed. */
  readonly killAfterMs: number;
  readonly deadMs: number;
  /** How long a host may show nothing until the demo gives up. */
  readonly unseenMs: number;
  /** Traffic goes on this long after the end, so that what the end left behind is counted. */
  readonly goOnMs: number;
}

/** Pushes the act's release, watches until its deployment ended, and tells what was seen. */
export async function playAct(act: Act, stage: Stage): Promise<PlayedAct> {
  const { product, versions, say, pace, signal } = stage;
  const from = Date.now();
  stage.load()?.play(act.number, true);
  say(`act ${act.number}: ${act.title}, ${act.version}`);
  const folder = await stage.shop(act.version, act.errorRate);
  const { digest, executionArn } = await product.push(folder, `shop:${act.version}`);
  versions.set(digest, act.version);
  say(`  pushed shop:${act.version}, ${digest.slice(0, 19)}…`);

  const { samples, hostDead } = await watchDeployment(act, digest, executionArn, stage);
  await sleep(pace.goOnMs, undefined, { signal });

  const status = await readService(product.endpoint, 'shop');
  const record = status?.releases.find(({ release }) => release === digest);
  say(`  ${act.version} is ${record?.outcome ?? 'without a record'}${record?.reason ? `: ${record.reason}` : ''}`);
  return {
    ...act,
    from,
    to: Date.now(),
    executionArn,
    ended: record?.outcome ?? null,
    servedAtEnd: status ? servedBy(status, versions) : null,
    hostDead,
    samples: status ? [...samples, { at: Date.now(), percent: shareOf(status, digest) }] : samples,
    judgement: judgementIn(await readNewestHistory(product.endpoint, 'canary', executionArn, from)),
  };
}

/** Looks at the service until the execution ended; kills the host on the way when the act says so. */
async function watchDeployment(act: Act, digest: string, executionArn: string, stage: Stage) {
  const { product, say, pace, signal } = stage;
  const { endpoint } = product;
  const samples: Sample[] = [];
  const tell = teller(act, stage);
  let hostDead: PlayedAct['hostDead'] = null;
  for (let seenAt = Date.now(); ; await sleep(pace.lookMs, undefined, { signal })) {
    const status = await readService(endpoint, 'shop');
    const execution = await describeExecution(endpoint, executionArn);
    if (status === undefined || execution === undefined) {
      if (Date.now() - seenAt < pace.unseenMs) continue;
      throw new Error(`the host at ${endpoint} has not shown the service for ${seconds(pace.unseenMs)} s`);
    }
    seenAt = Date.now();
    const percent = shareOf(status, digest);
    samples.push({ at: seenAt, percent });
    if (status.url && status.route.stable && stage.load() === undefined)
      stage.startLoad(status.url).play(act.number, true);
    tell(status, percent);
    if (execution.status !== 'RUNNING') return { samples, hostDead };
    const splitSince = samples.find((sample) => sample.percent > 0)?.at ?? seenAt;
    const isTime = percent > 0 && percent < 100 && seenAt - splitSince >= pace.killAfterMs;
    if (act.killsHost && hostDead === null && isTime) {
      say(`  the host is killed with SIGKILL while ${act.version} has ${percent} %`);
      hostDead = { ...(await killAndStart(act, stage)), atPercent: percent };
      seenAt = Date.now();
    }
  }
}

async function killAndStart(
  act: Act,
  { product, load, say, pace, signal }: Stage,
): Promise<{ from: number; to: number }> {
  load()?.play(act.number, false);
  await product.kill();
  const from = Date.now();
  await sleep(pace.deadMs, undefined, { signal });
  const pid = await product.start();
  const to = Date.now();
  load()?.play(act.number, true);
  const { requests, failures } = count(
    load()
      ?.tallies()
      .filter(({ hostAlive }) => !hostAlive) ?? [],
  );
  say(
    `  it was dead for ${seconds(to - from)} s, in which ${failures} of ${requests} requests failed; now it is process ${pid}`,
  );
  return { from, to };
}

/** Says when the share changed, and every few seconds how things are: a long wait shows what it waits for. */
function teller({ version }: Act, { load, say, pace }: Stage) {
  let percentTold = 0;
  let toldAt = Date.now();
  return ({ rollout }: ServiceStatus, percent: number) => {
    const changed = percent !== percentTold;
    if (!changed && Date.now() - toldAt < pace.tellMs) return;
    const { requests, failures } = count(load()?.tallies() ?? []);
    const wait = rollout ? `, waits for ${rollout.waitingFor} since ${seconds(Date.now() - rollout.since)} s` : '';
    say(`  ${version} has ${percent} %${wait}; ${requests.toLocaleString('en')} requests, ${failures} failed`);
    percentTold = percent;
    toldAt = Date.now();
  };
}

/** The percentage of the traffic that a release is sent, whichever arm it is. */
function shareOf({ route }: ServiceStatus, digest: string): number {
  const ofCandidate = route.candidate ? route.candidatePercent : 0;
  if (route.candidate?.release === digest) return ofCandidate;
  return route.stable?.release === digest ? 100 - ofCandidate : 0;
}

function servedBy(status: ServiceStatus, versions: ReadonlyMap<string, string>): string | null {
  return [...versions].find(([digest]) => shareOf(status, digest) === 100)?.[1] ?? null;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
