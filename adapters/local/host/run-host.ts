import { join, resolve } from 'node:path';
import { readConfiguration } from '../../configuration.ts';
import { openObjects } from '../../open-objects.ts';
import { openWorld } from '../../world.ts';
import { sqliteExecutionStore } from '../execution-store/execution-store.ts';
import { lockDataFolder } from '../execution-store/lock-data-folder.ts';
import { fileLogSink } from '../log-sink.ts';
import { addressesIn } from './addresses.ts';
import { composeApp, publishConfigured } from './compose-app.ts';
import { createDown } from './down.ts';
import { hostLog } from './host-log.ts';
import { keepGroups } from './recovery/keep-groups.ts';
import { composeRecovery } from './recovery/compose-recovery.ts';
import { realTime, virtualTime } from './host-time.ts';
import { startHousekeeping } from './housekeeping.ts';
import { type Fetch, listen, refuseOffLoopback } from './listen.ts';
import { openEngine, WORKFLOWS } from './open-engine.ts';
import { ownDataFolder } from './own-data-folder.ts';
import { refuseUnknownWorkflows } from './schedules/refuse-unknown-workflows.ts';
import { seenInstantsIn } from './schedules/seen-instants.ts';
import { startSchedules } from './schedules/start-schedules.ts';
import { workflowNames } from './workflow-machines.ts';

interface HostOptions {
  /** `pointsman.yaml`; without one, every pushed repository is a service with the defaults. */
  readonly configFile?: string;
  /** Over what the configuration says. */
  readonly dataFolder?: string;
  readonly port?: number;
  readonly address?: string;
  readonly log: 'pretty' | 'json';
  /** Waits, retries and timeouts take no time: for tests, never for production. */
  readonly virtualClock?: boolean;
}

export interface RunningHost {
  readonly url: string;
  /** Resolves when the host has closed, also because it was asked to over HTTP. */
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
  refuseUnknownWorkflows(configuration, workflowNames(WORKFLOWS));
  const dataFolder = resolve(options.dataFolder ?? configuration.dataFolder);
  const log = hostLog(options.log);
  await ownDataFolder(dataFolder, log);
  const time = options.virtualClock === true ? virtualTime(Date.now()) : realTime;
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
    let answer = notNow('the host is starting');
    const server = await listen((request) => answer(request), address, port);
    opened.push(() => server.close());
    const world = await openWorld(configuration, dataFolder, time.clock, log);
    opened.push(() => world.close());
    const objects = time.port(await openObjects(configuration.objects, dataFolder));
    const logs = time.port(fileLogSink(join(dataFolder, 'logs')));
    const deployMachineArn = addressesIn(configuration.aws).machine('deploy');
    const engine = await openEngine({ configuration, store: time.port(store), objects, logs, world, time, log });
    opened.push(() => engine.close());
    opened.push(() => time.close());
    const housekeeping = startHousekeeping({ world, store, deployMachineArn, log });
    opened.push(() => housekeeping.stop());
    await housekeeping.round();
    const kept = await keepGroups({ ...world, settings: configuration.groups, log });
    opened.push(() => kept.stop());
    const performed = await engine.runner.recover();
    await publishConfigured(configuration, world);
    // On a virtual clock the next instant would always come at once.
    const schedules = startSchedules({
      schedules: options.virtualClock === true ? {} : configuration.schedules,
      clock: time.clock,
      ...engine,
      seen: seenInstantsIn(join(dataFolder, 'schedules.json')),
      log,
    });
    opened.push(() => schedules.stop());
    const recovery = composeRecovery({ world, engine, now: time.clock.now, log });
    opened.push(() => recovery.watch.stop());
    await recovery.watch.round();
    const down = createDown({
      dataFolder,
      ...world,
      ...engine,
      deployMachineArn,
      recoveries: recovery.running,
      async quiesce() {
        answer = notNow('the host is ending');
        await housekeeping.stop();
        await schedules.stop();
        await recovery.watch.stop();
        await kept.stop();
        await engine.close();
      },
      leave: () => void leave(),
    });
    answer = time.requests(
      composeApp({ configuration, world, engine, recovery, now: time.clock.now, down, log }).fetch,
    );
    if (options.virtualClock === true)
      log.warn(
        'THE CLOCK IS VIRTUAL: every wait, retry and timeout passes at once, and schedules stand still. This host is for tests only.',
      );
    log.info(
      { url: server.url, dataFolder, performed, router: world.routerWasStarted ? 'started' : 'found' },
      'listening',
    );
    const closed = Promise.withResolvers<void>();
    const close = async () => {
      engine.runner.activities.close(); // a worker that waits for a task would hold the server open for a minute
      await server.close(); // no request may find the rest half closed
      await closeAll();
    };
    const leave = () => close().then(closed.resolve, closed.reject);
    return { url: server.url, closed: closed.promise, close: leave };
  } catch (thrown) {
    await closeAll();
    throw thrown;
  }
}

const notNow =
  (why: string): Fetch =>
  () =>
    new Response(`${why}\n`, { status: 503, headers: { 'retry-after': '1' } });
