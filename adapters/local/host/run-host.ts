import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readConfiguration } from '../../configuration.ts';
import { openWorld } from '../../world.ts';
import { sqliteExecutionStore } from '../execution-store/execution-store.ts';
import { lockDataFolder } from '../execution-store/lock-data-folder.ts';
import { systemClock } from '../system-clock.ts';
import { composeApp, publishConfigured } from './compose-app.ts';
import { hostLog } from './host-log.ts';
import { startHousekeeping } from './housekeeping.ts';
import { type Fetch, listen, refuseOffLoopback } from './listen.ts';
import { openEngine } from './open-engine.ts';

export interface HostOptions {
  /** `pointsman.yaml`; without one, every pushed repository is a service with the defaults. */
  readonly configFile?: string;
  /** Over what the configuration says. */
  readonly dataFolder?: string;
  readonly port?: number;
  readonly address?: string;
  readonly log: 'pretty' | 'json';
}

export interface RunningHost {
  readonly url: string;
  /** Resolves when the host has closed. */
  readonly closed: Promise<void>;
  /** Stops listening, finishes what is being written, and leaves router and instances running. */
  close(): Promise<void>;
}

/**
 * Runs the local host: claims the data folder and the port, finds or starts the router, performs the outbox, and serves.
 * @throws ConfigurationError, or an Error that says what is in the way: the port, the data folder, its version, a workflow
 */
export async function runHost(options: HostOptions): Promise<RunningHost> {
  const configuration = readConfiguration(options.configFile);
  const { address = configuration.host.address, port = configuration.host.port } = options;
  refuseOffLoopback(address);
  const dataFolder = resolve(options.dataFolder ?? configuration.dataFolder);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const log = hostLog(options.log);
  const opened: (() => void | Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const lock = lockDataFolder(dataFolder);
    opened.push(() => lock.release());
    // Whatever may be in the way comes before the router: a host that cannot start leaves none behind.
    const store = sqliteExecutionStore(join(dataFolder, 'executions.db'));
    opened.push(() => store.close());
    let answer: Fetch = () => new Response('the host is starting\n', { status: 503, headers: { 'retry-after': '1' } });
    const server = await listen((request) => answer(request), address, port);
    opened.push(() => server.close());
    const world = await openWorld(configuration, dataFolder, systemClock, log);
    opened.push(() => world.close());
    const engine = await openEngine({ configuration, store, world, log });
    opened.push(() => engine.close());
    const housekeeping = startHousekeeping(world, log);
    opened.push(() => housekeeping.stop());
    await housekeeping.round();
    const performed = await engine.runner.recover();
    await publishConfigured(configuration, world);
    answer = composeApp({ configuration, world, engine, log }).fetch;
    log.info(
      { url: server.url, dataFolder, performed, router: world.routerWasStarted ? 'started' : 'found' },
      'listening',
    );
    const closed = Promise.withResolvers<void>();
    const close = async () => {
      await server.close(); // no request may find the rest half closed
      await closeAll();
    };
    return { url: server.url, closed: closed.promise, close: () => close().then(closed.resolve, closed.reject) };
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
}
