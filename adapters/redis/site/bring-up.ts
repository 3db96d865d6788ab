import { setTimeout as pause } from 'node:timers/promises';
import { StepFailure } from '../../../functions/step-failure.ts';
import { isLogComplete } from '../server/append-only-file.ts';
import { clientRules, NO_WRITES } from '../server/server-config.ts';
import { RedisFailure } from '../wire/resp.ts';
import { Unanswered, type Redis } from '../wire/redis-session.ts';
import { stillWorking, wantedReplicas, type KeptSite } from './kept-site.ts';

/**
 * Starts the site's server in the role it has, and resolves when it has loaded its data. After a clean stop it loads `dump.rdb`, which
 * alone says which branch it is on and how far: from an append-only file Redis begins a new branch at 0, and every standby copies all
 * anew. Until the append-only file is written again no write is taken.
 */
export async function bringUp(site: KeptSite): Promise<void> {
  const { cleanEnd, frozen, stopping } = await site.record();
  if (site.server.pid() === undefined) {
    if (stopping) await site.note({ stopping: false }); // what it saves from here on proves nothing
    await site.configure();
    await site.server.start();
  }
  await assertWanted(site);
  await loaded(site);
  if (cleanEnd !== null) await beginLog(site);
  await applyWrites(site);
  if (frozen) await site.reach(1000, pauseWrites);
}

/** A fence waits for nobody: it may have come while the server was started, and has seen nothing to end then. */
async function assertWanted(site: KeptSite): Promise<void> {
  if ((await site.record()).wanted === 'running') return;
  await site.server.kill();
  throw new StepFailure('Pointsman.LeaseLost', `${site.label} was fenced while it was started: it is ended again`);
}

/** Tells a running server what its record says of writes and clients. */
export async function applyWrites(site: KeptSite): Promise<void> {
  const record = await site.record();
  const rules = clientRules(record.isolated ? undefined : await site.clientPassword());
  await site.configure();
  await site.reach(1000, async (redis) => {
    await redis('ACL', 'SETUSER', 'default', ...rules);
    await redis('CONFIG', 'SET', 'min-replicas-to-write', wantedReplicas(record));
  });
}

/** No write is taken, and nothing expires either: the end of the stream stands still, but for pings. */
export async function pauseWrites(redis: Redis): Promise<void> {
  await redis('CONFIG', 'SET', 'min-replicas-to-write', NO_WRITES);
  await redis('CLIENT', 'PAUSE', 86_400_000, 'WRITE');
}

/** @throws StepFailure `Pointsman.StillWorking` while something the server has is not in its append-only file yet */
export async function logComplete(site: KeptSite): Promise<void> {
  for (const deadline = Date.now() + 3000; !(await isLogComplete(site.folders.data)); await pause(5))
    if (Date.now() > deadline) throw stillWorking(site, 'writes its append-only file anew');
}

async function loaded(site: KeptSite): Promise<void> {
  for (const deadline = Date.now() + 3000; Date.now() < deadline; await pause(5)) {
    if (site.server.pid() === undefined)
      throw new Error(`${site.label} ended while it loaded; see ${site.folders.log}`);
    try {
      return void (await site.admin(1000, (redis) => redis('PING')));
    } catch (error) {
      const isEarly =
        error instanceof Unanswered || (error instanceof RedisFailure && /^(LOADING|MASTERDOWN)/.test(error.code));
      if (!isEarly) throw error;
    }
  }
  throw stillWorking(site, 'loads its data');
}

async function beginLog(site: KeptSite): Promise<void> {
  await site.reach(4000, async (redis) => {
    if ((await redis.info('persistence'))['aof_enabled'] === '0') await redis('CONFIG', 'SET', 'appendonly', 'yes');
    for (const deadline = Date.now() + 3500; Date.now() < deadline; await pause(10)) {
      const info = await redis.info('persistence');
      if (info['aof_last_bgrewrite_status'] === 'err')
        throw new RedisFailure(`ERR ${site.label} cannot write its append-only file: see ${site.folders.log}`);
      const isBusy = info['aof_rewrite_in_progress'] === '1' || info['aof_rewrite_scheduled'] === '1';
      if (!isBusy && info['aof_enabled'] === '1') return;
    }
    throw stillWorking(site, 'writes its append-only file anew');
  });
  await site.note({ cleanEnd: null, token: null, stopping: false });
}
