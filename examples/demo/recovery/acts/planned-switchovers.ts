import { setTimeout as sleep } from 'node:timers/promises';
import { type BareSequence, median, startBareSequence } from '../bare-sequence.ts';
import { keysOf } from '../contents.ts';
import { type Run, readGroup } from '../recovery-api.ts';
import { group, play, promise, type Stage } from '../stage.ts';
import { longestGapMs } from '../writer.ts';
import type { Act } from './act.ts';

/** There and back, three times: it ends where it began. */
const ways = ['south', 'north', 'south', 'north', 'south', 'north'] as const;
const mostTimesBare = 1.5;
const writtenAfterMs = 500;

/** Moves the primary to and fro under the writer, and measures the same steps done bare between, so that both meet the same load. */
export const plannedSwitchovers: Act = {
  title: '2 planned switchovers',
  async play(stage) {
    stage.say('  before each one, the bare sequence is measured on a pair of servers of its own');
    const sequence = startBareSequence(stage.signal);
    try {
      return await switchToAndFro(stage, sequence);
    } finally {
      await sequence.end();
    }
  },
};

async function switchToAndFro(stage: Stage, sequence: BareSequence): Promise<Awaited<ReturnType<Act['play']>>> {
  const { say, writer, lost, signal, endpoint, sites } = stage;
  const runs: Run[] = [];
  const outages: number[] = [];
  const bare: number[] = [];
  for (const to of ways) {
    bare.push(await sequence.outageMs());
    const run = await play(stage, 'switchover', group, '--to', to, '--reason', `maintenance, ${to} takes over`);
    await sleep(writtenAfterMs, undefined, { signal });
    const gap = longestGapMs(writer.acks, run.startedAt, run.endedAt);
    say(`    the writer waited ${gap.toFixed(0)} ms between two acknowledged rows`);
    runs.push(run);
    outages.push(gap);
  }
  const missing = await missingKeys(stage, sites.north);
  const { site } = await readGroup(endpoint, group);
  const [ours, floor] = [median(outages), median(bare)];
  return {
    runs,
    found: [
      promise(
        'each one moved the primary',
        runs.every(({ outcome }) => outcome === 'done') && site === 'north',
        runs.map(({ outcome, to }) => `${outcome} ${to}`).join(', '),
      ),
      promise(
        `writes were out for less than ${mostTimesBare} × the bare sequence`,
        ours < mostTimesBare * floor,
        `${ours.toFixed(0)} ms (${list(outages)}), bare ${floor.toFixed(0)} ms (${list(bare)}): ${(ours / floor).toFixed(2)} ×`,
      ),
      promise(
        'no acknowledged row is missing',
        missing.length === 0,
        `${missing.length} of ${writer.acks.length - lost.size}`,
      ),
    ],
  };
}

const list = (numbers: readonly number[]): string => numbers.map((each) => each.toFixed(0)).join(', ');

/** Acknowledged keys that a server does not have, without those that are known to be lost. */
export async function missingKeys({ writer, lost }: Stage, server: Stage['address']): Promise<readonly number[]> {
  const acknowledged = [...writer.acks]; // before what is there is read
  const there = await keysOf(server);
  return acknowledged.map(({ key }) => key).filter((key) => !there.has(key) && !lost.has(key));
}
