import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import { freePort } from '../../shared/free-port.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { RedisFailure } from '../wire/resp.ts';
import { redisSession, Unanswered, type Redis } from '../wire/redis-session.ts';
import { redisServer } from './redis-server.ts';
import { ADMIN, serverConfig } from './server-config.ts';

/** A server of its own beside all others: it follows nobody and takes no clients; disposed of, it is gone with its folder. */
export interface IsolatedServer extends AsyncDisposable {
  readonly port: number;
  use<T>(withinMs: number, use: (redis: Redis) => Promise<T>): Promise<T>;
}

/** One in a new folder below `below`. @param fill puts the data that it shall load into its folder */
export const isolatedServer = (
  below: string,
  program: string | undefined,
  fill: (data: string) => Promise<void>,
): Promise<IsolatedServer> => startIsolated(join(below, randomUUID()), program, fill);

/** One in this folder, which is made. It outlives this process: `findIsolated` finds it again. @throws Error when it cannot load the data */
export async function startIsolated(
  folder: string,
  program: string | undefined,
  fill: (data: string) => Promise<void>,
): Promise<IsolatedServer> {
  const data = join(folder, 'data');
  await mkdir(data, { recursive: true, mode: 0o700 });
  try {
    await fill(data);
    for (let tries = 1; ; tries++)
      try {
        return await startOnFreePort(folder, data, program);
      } catch (error) {
        // Whoever took the port in between keeps it.
        if (tries === PORTS_TRIED || !String(error).includes('Address already in use')) throw error;
      }
  } catch (error) {
    await endIsolated(folder);
    throw error;
  }
}

const PORTS_TRIED = 5;

async function startOnFreePort(folder: string, data: string, program: string | undefined): Promise<IsolatedServer> {
  const place = { port: await freePort(new Set()), password: randomBytes(24).toString('hex') };
  const config = {
    port: place.port,
    data: await realpath(data),
    appendOnly: true,
    leaderPort: undefined,
    minReplicas: 0,
    maxLagSeconds: 10,
    clientPassword: undefined,
    adminPassword: place.password,
    settings: { appendfsync: 'no', 'auto-aof-rewrite-percentage': '0' },
  };
  await writeWhole(join(folder, 'redis.conf'), serverConfig(config), false);
  await writeWhole(join(folder, 'place.json'), JSON.stringify(place), false);
  const isolated = handle(folder, place);
  await loadedIn(folder, program, isolated);
  return isolated;
}

/** The one that was started in this folder, started again if it ended; undefined when there is none. */
export async function findIsolated(folder: string, program: string | undefined): Promise<IsolatedServer | undefined> {
  const text = await readFile(join(folder, 'place.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const isolated = handle(folder, placeShape.parse(JSON.parse(text)));
  await loadedIn(folder, program, isolated);
  return isolated;
}

/** Ends what runs in the folder and deletes it. Safe to repeat. */
export async function endIsolated(folder: string): Promise<void> {
  await serverIn(folder, undefined).kill();
  await rm(folder, { recursive: true, force: true });
}

const placeShape = z.object({ port: z.number(), password: z.string() });

const handle = (folder: string, place: z.infer<typeof placeShape>): IsolatedServer => ({
  port: place.port,
  use: (withinMs, use) => redisSession({ port: place.port, user: ADMIN, password: place.password }, withinMs, use),
  [Symbol.asyncDispose]: () => endIsolated(folder),
});

const serverIn = (folder: string, program: string | undefined) =>
  redisServer(
    { data: join(folder, 'data'), config: join(folder, 'redis.conf'), log: join(folder, 'redis.log') },
    program,
  );

async function loadedIn(folder: string, program: string | undefined, { use }: IsolatedServer): Promise<void> {
  const server = serverIn(folder, program);
  await server.start();
  for (;;)
    try {
      return void (await use(2000, (redis) => redis('PING')));
    } catch (error) {
      const isEarly = error instanceof Unanswered || (error instanceof RedisFailure && error.code === 'LOADING');
      if (!isEarly || server.pid() === undefined) throw error; // it ended: the file cannot be loaded
      await pause(5);
    }
}
