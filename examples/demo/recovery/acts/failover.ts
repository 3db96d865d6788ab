import { setTimeout as sleep } from 'node:timers/promises';
import { readGroup, readiness, type Run } from '../recovery-api.ts';
import { cutPower, holdReplication } from '../servers.ts';
import { group, play, promise, type Stage, valueOf } from '../stage.ts';
import { longestGapMs } from '../writer.ts';
import type { Act } from './act.ts';
import { missingKeys } from './planned-switchovers.ts';

const rowsBehind = 20;
const signsWithinMs = 20_000;
const writtenAfterMs = 500;

/** Replication hangs, more is acknowledged, and then the primary is gone: what is lost is counted in rows. */
export const failover: Act = {
  title: '3 failover, the primary killed while replication hangs',
  async play(stage) {
    const { say, writer, lost, signal, endpoint, admins, sites } = stage;
    const before = writer.acks.length;
    say(`  replication hangs: process ${await holdReplication(admins.north)} of north was stopped`);
    while (writer.acks.length < before + rowsBehind) await sleep(20, undefined, { signal });
    const forecast = await look(stage);
    say(`  power cut: process ${await cutPower(admins.north)} of north was killed`);
    const readyMs = await untilReady(stage);
    const run = await play(
      stage,
      ...`failover ${group} --allow-loss-seconds 60 --allow-loss-bytes 10000000 --reason`.split(' '),
      'north has lost power',
    );
    await sleep(writtenAfterMs, undefined, { signal });
    const missing = new Set(await missingKeys(stage, sites.south));
    const { site } = await readGroup(endpoint, group);
    const ledger = ledgerOf(run);
    const extra = [...ledger].filter((key) => !missing.has(key));
    const unlisted = [...missing].filter((key) => !ledger.has(key));
    const inFlight = extra.filter((key) => writer.unknown.has(key));
    for (const key of missing) lost.add(key);
    const gap = longestGapMs(writer.acks, run.startedAt, run.endedAt);
    say(`    the ledger: ${ledger.size} rows of orders, their data lies in ${run.lost?.quarantine ?? 'no quarantine'}`);
    if (inFlight.length > 0)
      say(`    in flight at the kill, never acknowledged, so in the ledger only: ${inFlight.join(', ')}`);
    return {
      runs: [run],
      found: [
        promise('the readiness forecast told of a loss before it came', /loses \d+ /.test(forecast), forecast),
        promise('south took over', run.outcome === 'done' && site === 'south', `${run.outcome}, writes go to ${site}`),
        promise(
          `at least ${rowsBehind} acknowledged rows were at stake`,
          missing.size >= rowsBehind,
          `${missing.size} are missing at south`,
        ),
        promise(
          'the missing rows are those of the ledger, one by one',
          run.lost?.truncated === false && unlisted.length === 0 && extra.length === inFlight.length,
          `${missing.size} missing, ${ledger.size} in the ledger (${inFlight.length} of them in flight), ${unlisted.length} not listed`,
        ),
        promise(
          'it took no longer than planned',
          (run.rtoSeconds?.actual ?? Number.POSITIVE_INFINITY) <= (run.rtoSeconds?.planned ?? 0),
          `planned ${run.rtoSeconds?.planned} s, actual ${run.rtoSeconds?.actual} s; the writer waited ${(gap / 1000).toFixed(1)} s, ${(readyMs / 1000).toFixed(1)} s of them until there were two signs`,
        ),
      ],
    };
  },
};

/** Keys of orders that the ledger lists. */
const ledgerOf = ({ lost }: Run): ReadonlySet<number> =>
  new Set((lost?.rows ?? []).filter(({ table }) => table === 'public.orders').map(({ key }) => Number(key['id'])));

async function look({ pointsman, say }: Stage): Promise<string> {
  say(`  $ pointsman recovery readiness ${group}`);
  const { forecast } = readiness.parse(valueOf(await pointsman('recovery', 'readiness', group), 'readiness'));
  say(`    ${forecast.text}`);
  return forecast.text;
}

/** A failover needs two independent signs that the primary is lost; one of them is that clients are refused for a while. */
async function untilReady({ pointsman, say, signal }: Stage): Promise<number> {
  const from = Date.now();
  for (;;) {
    const found = readiness.parse(valueOf(await pointsman('recovery', 'readiness', group), 'readiness'));
    const failing = found.checks.filter(({ status }) => status === 'fail');
    if (found.verdict === 'ready') {
      say(`    ready for a failover: ${found.forecast.text}`);
      return Date.now() - from;
    }
    if (Date.now() - from > signsWithinMs)
      throw new Error(
        `not ready for a failover: ${failing.map(({ name, evidence }) => `${name}: ${evidence}`).join('; ')}`,
      );
    await sleep(300, undefined, { signal });
  }
}
