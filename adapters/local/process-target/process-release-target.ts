import { randomUUID } from 'node:crypto';
import { access, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Digest, ServiceName } from '../../../functions/ports/release.ts';
import type { ReleaseTarget, TargetState } from '../../../functions/ports/release-target.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { endInstances, killInstance } from './end-instances.ts';
import { capLog } from './instance-log.ts';
import { bootId } from './linux-processes.ts';
import { askReadiness, type ReadinessAnswer } from './readiness.ts';
import { restartDelayMs } from './restart-delay.ts';
import { type ChangeContext, serviceRecords } from './service-records.ts';
import { type Arm, type InstanceRecord, type RunnableImage, type ServiceState, stateFiles } from './service-state.ts';
import { showState, urlOf } from './show-state.ts';
import { startMissing } from './start-missing.ts';
import { hexOf, targetFolder } from './target-folder.ts';

/** How a service's instances are run and judged ready. */
interface ProcessSettings {
  /** `/ready` */
  readonly readinessPath: string;
  /** How long an instance may take to end after SIGTERM. */
  readonly drainSeconds: number;
  readonly env: Readonly<Record<string, string>>;
}

export interface ProcessReleaseTargetOptions {
  /** Holds state, unpacked releases and logs; one target at a time uses it. */
  readonly folder: string;
  /** @throws for a service that is not configured */
  readonly settings: (service: ServiceName) => ProcessSettings;
  /**
   * Unpacks a release of the service into `folder` unless it is there, and says how to run it.
   * @throws StepFailure `Pointsman.BadImage` when it cannot be read
   */
  readonly unpack: (service: ServiceName, release: Digest, folder: string) => Promise<RunnableImage>;
  /** Exits in a row after which an instance of a candidate is not started again; default 3. */
  readonly exitLimit?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Never the same twice, fit for a file name. */
  readonly newId?: () => string;
}

/** A target whose host also looks after what goes on between rollouts. */
export interface ProcessReleaseTarget extends ReleaseTarget {
  /**
   * Starts stable instances that ended again (at once, then after growing delays), kills instances that outlived their
   * deadline, cuts long logs. For the host's start and, every few seconds, ever after.
   */
  keepRunning(service: ServiceName): Promise<TargetState>;
  /** Removes unpacked releases that nothing uses, and gives their folders' names. */
  prune(service: ServiceName): Promise<readonly string[]>;
  /** Every service this target has ever run, for the host to look after. */
  services(): Promise<readonly ServiceName[]>;
  /**
   * Kills every instance of a service, stable ones too, and forgets its releases. Resolves when all are gone, with how
   * many there were.
   */
  endNow(service: ServiceName): Promise<number>;
}

/**
 * Runs releases as processes of this machine (Linux). They are sessions of their own and outlive this one; a later
 * target on the same folder finds them again by pid and start time, or by a mark in their environment.
 */
export function processReleaseTarget(options: ProcessReleaseTargetOptions): ProcessReleaseTarget {
  const { settings, unpack, exitLimit = 3, now = Date.now, newId = randomUUID } = options;
  const files = targetFolder(resolve(options.folder));
  const change = serviceRecords(files, now);

  const show = (service: ServiceName, state: ServiceState, answers?: ReadonlyMap<string, ReadinessAnswer>) =>
    showState(state, { service, logFile: files.logFile, exitLimit, at: now() }, answers);

  const start = (
    state: ServiceState,
    arm: Arm,
    mayReplace: Parameters<typeof startMissing>[2],
    context: ChangeContext,
  ) => {
    const releaseFolder = (release: Digest) => files.releaseFolder(context.service, release);
    const { env } = settings(context.service);
    return startMissing(state, arm, mayReplace, { ...context, env, newId, releaseFolder, logFile: files.logFile });
  };

  const dueAgain = ({ exits, exitedAt }: { readonly exits: number; readonly exitedAt: number }) =>
    now() >= exitedAt + restartDelayMs(exits);

  /** The release unpacked and ready to be started. */
  const prepare = async (
    service: ServiceName,
    release: Digest,
    state: ServiceState,
  ): Promise<Pick<Arm, 'image' | 'bootId'>> => {
    const folder = files.releaseFolder(service, release);
    const known = [state.stable, state.candidate].find((arm) => arm?.release === release && arm.bootId === bootId());
    if (known && (await exists(folder))) return known;
    const inUse = state.instances.some((i) => i.release === release && i.phase !== 'exited');
    if (!inUse) await rm(folder, { recursive: true, force: true }); // may be from before a power cut
    return { image: await unpack(service, release, folder), bootId: bootId() };
  };

  return {
    observe: async (service) => {
      const settled = await change(service, undefined, (state) => state);
      const running = settled.instances.filter((i) => i.phase === 'running');
      const ask = async (i: InstanceRecord) =>
        [i.id, await askReadiness(urlOf(i), settings(service).readinessPath)] as const;
      const answers = new Map(await Promise.all(running.map(ask)));
      return show(service, await change(service, undefined, (state) => withAnswers(state, answers)), answers);
    },

    startCandidate: async (service, release, instances, epoch) => {
      hexOf(release);
      const after = await change(service, epoch, async (state, context) => {
        const found = state.candidate?.release;
        if (found !== undefined && found !== release)
          throw new StepFailure(
            'Pointsman.CandidateExists',
            `${service}: ${found} is the candidate; retire or promote it first`,
          );
        const arm: Arm = { ...(await prepare(service, release, state)), release, instances };
        const role = state.stable?.release === release ? { stable: arm } : { candidate: arm };
        return start({ ...state, ...role }, arm, ({ exits }) => exits < exitLimit, context);
      });
      return show(service, after);
    },

    promote: async (service, release, epoch) => {
      const after = await change(service, epoch, (state) => {
        if (state.stable?.release === release) return state;
        if (state.candidate?.release === release) return { ...state, stable: state.candidate, candidate: null };
        const found = state.candidate?.release ?? 'nothing';
        throw new StepFailure(
          'Pointsman.NotCandidate',
          `${service}: asked to promote ${release}, the candidate is ${found}; start it as candidate first`,
        );
      });
      return show(service, after);
    },

    retire: async (service, release, epoch) => {
      const after = await change(service, epoch, async (state, context) => {
        if (state.stable?.release === release)
          throw new StepFailure('Pointsman.LastCapacity', `${service}: asked to retire ${release}, which is stable`);
        const candidate = state.candidate?.release === release ? null : state.candidate;
        const others = state.instances.filter((i) => i.release !== release);
        const mine = state.instances.filter((i) => i.release === release);
        if (mine.length === 0 && candidate === state.candidate) return state;
        const ending = await endInstances(mine, settings(service).drainSeconds, context);
        return { ...state, candidate, instances: [...others, ...ending] };
      });
      return show(service, after);
    },

    keepRunning: async (service) => {
      const after = await change(service, undefined, async (state, context) => {
        for (const i of state.instances) {
          if (i.phase === 'stopping' && now() >= i.stopBy) await killInstance(i, context);
          await capLog(files.logFile(i.id));
        }
        const { stable } = state;
        if (stable === null) return state;
        const arm: Arm = { ...stable, ...(await prepare(service, stable.release, state)) };
        return start(arm.bootId === stable.bootId ? state : { ...state, stable: arm }, arm, dueAgain, context);
      });
      return show(service, after);
    },

    prune: async (service) => {
      const removed: string[] = [];
      await change(service, undefined, async (state) => {
        const used = [state.stable, state.candidate, ...state.instances].flatMap((user) => user?.release ?? []);
        const kept = new Set(used.map(hexOf));
        for (const name of await readdir(files.releases(service)).catch(() => [])) {
          if (kept.has(name)) continue;
          await rm(join(files.releases(service), name), { recursive: true, force: true });
          removed.push(name);
        }
        return state;
      });
      return removed;
    },

    services: async () => [...(await stateFiles(files.states)).keys()],

    endNow: async (service) => {
      const ended = new Set<string>();
      for (let left = 1; left > 0; await pause(left > 0 ? 20 : 0)) {
        const after = await change(service, undefined, async (state, context) => {
          for (const i of state.instances) {
            if (i.phase !== 'exited') ended.add(i.id);
            await killInstance(i, context);
          }
          const instances = await endInstances(state.instances, 0, context);
          return { ...state, stable: null, candidate: null, instances };
        });
        left = after.instances.length;
      }
      return ended.size;
    },
  };
}

/** An instance that was ready and is slow to say so again stays ready: how it serves is judged by its traffic. */
function withAnswers(state: ServiceState, answers: ReadonlyMap<string, ReadinessAnswer>): ServiceState {
  const instances = state.instances.map((i) => {
    const verdict = answers.get(i.id)?.verdict;
    if (i.phase !== 'running' || verdict === undefined || verdict === 'slow') return i;
    const ready = verdict === 'ready';
    return ready === i.ready ? i : { ...i, ready };
  });
  return instances.every((i, at) => i === state.instances[at]) ? state : { ...state, instances };
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
