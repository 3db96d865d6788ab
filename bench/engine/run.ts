/**
 * What the engine costs, against the floor of writing the same bytes, and against an npm library that keeps nothing.
 * `node bench/engine/run.ts [rounds] [milliseconds]` (5 and 500); it downloads the library into a temporary folder. Contenders take
 * turns within a round, because a machine's speed drifts over a run; ratios are taken within a round.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commit } from '../../engine/runner/ports.ts';
import { type Contender, engine } from './engine.ts';
import { floor } from './floor.ts';
import { fetchRival } from './rival.ts';
import { type Workload, workloads } from './workloads.ts';

const [rounds = 5, milliseconds = 500] = process.argv.slice(2).map(Number);
const inFlight = 64;
const folder = await mkdtemp(join(tmpdir(), 'pointsman-bench-'));
try {
  console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`);
  console.log(
    `${rounds} rounds of ${milliseconds} ms each, after a warm-up; steps/s with ${inFlight} executions in flight\n`,
  );
  const rival = await fetchRival(await mkdtemp(join(folder, 'rival-')));
  for (const workload of workloads) await compare(workload, rival?.(workload));
} finally {
  await rm(folder, { recursive: true });
}

async function compare(workload: Workload, library: Contender | undefined): Promise<void> {
  const place = await mkdtemp(join(folder, 'store-'));
  const commits: Commit[] = [];
  const recorded = engine(workload, undefined, (change) => commits.push(change));
  await recorded.run();
  const bytes = commits.reduce((sum, each) => sum + JSON.stringify(each).length, 0);
  const contenders = [
    floor(commits, place),
    engine(workload, place),
    engine(workload, undefined),
    ...(library === undefined ? [] : [library]),
  ];
  const figures = contenders.map((): number[] => []);
  for (let round = 0; round <= rounds; round++)
    for (const [at, contender] of contenders.entries()) {
      const perSecond = (await executionsPerSecond(contender)) * workload.steps;
      if (round > 0) figures[at]?.push(perSecond); // round 0 warms up
    }
  console.log(`${workload.name}: ${commits.length} commits of ${Math.round(bytes / commits.length)} bytes`);
  for (const [at, { name, close }] of contenders.entries()) {
    const ours = figures[at] ?? [];
    const shares = ours.map((figure, round) => figure / (figures[0]?.[round] ?? Number.NaN)).sort((a, b) => a - b);
    const share = `${shares[Math.floor(shares.length / 2)]?.toFixed(2)} (${shares[0]?.toFixed(2)}–${shares.at(-1)?.toFixed(2)})`;
    console.log(`  ${name.padEnd(30)} ${share.padEnd(18)} of the floor   ${ours.map(Math.round).join(' ')} steps/s`);
    close();
  }
}

/** Keeps so many executions in flight until the time is over, and counts those that ended. */
async function executionsPerSecond({ run }: Contender): Promise<number> {
  const begin = performance.now();
  let ended = 0;
  const worker = async () => {
    while (performance.now() - begin < milliseconds) {
      await run();
      ended++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (ended * 1000) / (performance.now() - begin);
}
