/**
 * For how long a planned switchover of a PostgreSQL pair keeps writes out when nothing but the sequence itself is done: the
 * floor for Pointsman's own. `node bench/switchover/run.ts [rounds]` (5), loopback only; prints JSON.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { bareWriter, longestGapMs } from './bare-writer.ts';
import { startPair } from './pair.ts';
import { type BareSteps, switchOver } from './switch-over.ts';

/** How long it is written before and after, so that every switchover meets the same work. */
const WRITTEN_MS = 400;

const rounds = Number(process.argv[2] ?? 5);
const pair = await startPair();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void pair.end().finally(() => process.exit(130)));

try {
  const measured: ({ readonly outageMs: number } & BareSteps)[] = [];
  let [primary, standby] = pair.nodes;
  for (let round = 0; round < rounds; round += 1) {
    const writer = bareWriter([primary, standby]);
    await pause(WRITTEN_MS);
    const steps = await switchOver(primary, standby);
    await pause(WRITTEN_MS);
    await writer.stop();
    measured.push({ outageMs: longestGapMs(writer.acks), ...steps });
    await primary.follow(standby);
    [primary, standby] = [standby, primary];
  }
  const outages = measured.map(({ outageMs }) => outageMs).toSorted((a, b) => a - b);
  console.log(JSON.stringify({ medianMs: outages[Math.floor(outages.length / 2)], rounds: measured }, null, 2));
} finally {
  await pair.end();
}
