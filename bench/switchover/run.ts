/**
 * For how long a planned switchover of a PostgreSQL pair keeps writes out when nothing but the sequence itself is done: the
 * floor for Pointsman's own. `node bench/switchover/run.ts [rounds] [settings]` (5, same; see README.md), loopback only; prints
 * JSON. With `asked` instead of a number it does a round for each line of its input, and prints each as a line.
 */
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { bareWriter, longestGapMs } from './bare-writer.ts';
import { pairSettings, startPair } from './pair.ts';
import { type BareSteps, switchOver } from './switch-over.ts';

type Round = { readonly outageMs: number } & BareSteps;

/** How long it is written before and after, so that every switchover meets the same work. */
const WRITTEN_MS = 400;

const [wanted = '5', settings = 'same'] = process.argv.slice(2);
if (!isKnown(settings))
  throw new Error(`there are no settings ${settings}; there are ${Object.keys(pairSettings).join(', ')}`);
const pair = await startPair(pairSettings[settings]);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void pair.end().finally(() => process.exit(130)));

let [primary, standby] = pair.nodes;
const writer = bareWriter(pair.nodes); // also between the rounds: what nobody writes to falls asleep
try {
  if (wanted === 'asked') await roundsAsked();
  else await rounds(Number(wanted));
} finally {
  await writer.stop();
  await pair.end();
}

async function rounds(count: number): Promise<void> {
  const measured: Round[] = [];
  while (measured.length < count) measured.push(await round());
  const outages = measured.map(({ outageMs }) => outageMs).toSorted((a, b) => a - b);
  console.log(JSON.stringify({ medianMs: outages[Math.floor(outages.length / 2)], rounds: measured }, null, 2));
}

async function roundsAsked(): Promise<void> {
  for await (const _ of createInterface({ input: process.stdin })) console.log(JSON.stringify(await round()));
}

/** There; the next goes back. */
async function round(): Promise<Round> {
  const before = writer.acks.length;
  await pause(WRITTEN_MS);
  const steps = await switchOver(primary, standby, settings === 'woken');
  await pause(WRITTEN_MS);
  const outageMs = longestGapMs(writer.acks.slice(before));
  await primary.follow(standby);
  [primary, standby] = [standby, primary];
  return { outageMs, ...steps };
}

function isKnown(name: string): name is keyof typeof pairSettings {
  return Object.hasOwn(pairSettings, name);
}
