import type { Digest, Instance, ServiceName } from '../../functions/ports/release.ts';
import type { ReleaseTarget, TargetState } from '../../functions/ports/release-target.ts';
import { StepFailure } from '../../functions/step-failure.ts';

/** A target without processes: a test says when instances become ready, exit or end. */
interface MemoryReleaseTarget extends ReleaseTarget {
  /** The starting instances of `release` answer their readiness check from now on. */
  becomeReady(release: Digest): void;
  /** This instance exits by itself. */
  exit(instance: string, detail: string): void;
  /** The instances of `release` that were asked to end are gone. */
  end(release: Digest): void;
}

export interface MemoryReleaseTargetOptions {
  /** Images that cannot be read, with the reason. */
  readonly badImages?: ReadonlyMap<Digest, string>;
  /** Instances are ready as soon as they are started; default false. */
  readonly readyAtOnce?: boolean;
  /** Instances asked to end are gone at once; default false. */
  readonly endsAtOnce?: boolean;
  /** How long an instance asked to end may take; default 30. */
  readonly drainSeconds?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

type MemoryInstance = Instance & { readonly stopBy?: number };

interface Service {
  epoch: number;
  stable: Digest | undefined;
  candidate: Digest | undefined;
  instances: readonly MemoryInstance[];
}

/** The test double of `ReleaseTarget`. URLs are `http://<instance id>.test`. */
export function memoryReleaseTarget(options: MemoryReleaseTargetOptions = {}): MemoryReleaseTarget {
  const { badImages = new Map<Digest, string>(), readyAtOnce = false, endsAtOnce = false } = options;
  const { drainSeconds = 30, now = Date.now } = options;
  const services = new Map<ServiceName, Service>();
  let started = 0;

  const start = (service: ServiceName, release: Digest): MemoryInstance => {
    started += 1;
    const id = `${service}-${started}`;
    const phase = readyAtOnce ? 'ready' : 'starting';
    return { id, release, url: `http://${id}.test`, phase, detail: 'started', lastLogLines: [] };
  };

  const forWrite = (name: ServiceName, epoch: number): Service => {
    const service = services.get(name) ?? { epoch: 0, stable: undefined, candidate: undefined, instances: [] };
    if (epoch < service.epoch)
      throw new StepFailure(
        'Pointsman.LeaseLost',
        `${name}: asked with epoch ${epoch}, epoch ${service.epoch} was seen`,
      );
    service.epoch = epoch;
    services.set(name, service);
    return service;
  };

  const shown = (name: ServiceName): TargetState => {
    const { stable, candidate, instances } = services.get(name) ?? nothing;
    return { service: name, stable, candidate, instances: instances.map(withoutDeadline) };
  };

  const changeAll = (change: (instance: MemoryInstance) => MemoryInstance | undefined) => {
    for (const service of services.values()) service.instances = service.instances.flatMap((i) => change(i) ?? []);
  };

  return {
    observe: async (name) => shown(name),

    startCandidate: async (name, release, instances, epoch) => {
      const service = forWrite(name, epoch);
      if (service.candidate !== undefined && service.candidate !== release)
        throw candidateExists(name, service.candidate);
      const bad = badImages.get(release);
      if (bad !== undefined) throw new StepFailure('Pointsman.BadImage', `${name}: ${release} cannot be read: ${bad}`);
      if (service.stable !== release) service.candidate = release;
      service.instances = service.instances.filter((i) => i.release !== release || i.phase !== 'exited');
      const running = service.instances.filter((i) => i.release === release && i.phase !== 'stopping').length;
      const missing = Array.from({ length: Math.max(0, instances - running) }, () => start(name, release));
      service.instances = [...service.instances, ...missing];
      return shown(name);
    },

    promote: async (name, release, epoch) => {
      const service = forWrite(name, epoch);
      if (service.stable === release) return shown(name);
      if (service.candidate !== release) throw notCandidate(name, release, service.candidate);
      service.stable = release;
      service.candidate = undefined;
      return shown(name);
    },

    retire: async (name, release, epoch) => {
      const service = forWrite(name, epoch);
      if (service.stable === release)
        throw new StepFailure('Pointsman.LastCapacity', `${name}: asked to retire ${release}, which is stable`);
      if (service.candidate === release) service.candidate = undefined;
      service.instances = service.instances.flatMap((instance): readonly MemoryInstance[] => {
        if (instance.release !== release) return [instance];
        if (endsAtOnce || instance.phase === 'exited') return [];
        if (instance.stopBy !== undefined) return now() < instance.stopBy ? [instance] : [];
        return [{ ...instance, phase: 'stopping', detail: 'asked to end', stopBy: now() + drainSeconds * 1000 }];
      });
      return shown(name);
    },

    becomeReady: (release) =>
      changeAll((i) =>
        i.release === release && i.phase === 'starting' ? { ...i, phase: 'ready', detail: 'ready' } : i,
      ),
    exit: (id, detail) => changeAll((i) => (i.id === id ? { ...i, phase: 'exited', detail } : i)),
    end: (release) => changeAll((i) => (i.release === release && i.phase === 'stopping' ? undefined : i)),
  };
}

const nothing: Service = { epoch: 0, stable: undefined, candidate: undefined, instances: [] };

const withoutDeadline = ({ id, release, url, phase, detail, lastLogLines }: MemoryInstance): Instance => ({
  id,
  release,
  url,
  phase,
  detail,
  lastLogLines,
});

const candidateExists = (name: ServiceName, found: Digest) =>
  new StepFailure('Pointsman.CandidateExists', `${name}: ${found} is the candidate; retire or promote it first`);

const notCandidate = (name: ServiceName, release: Digest, found: Digest | undefined) =>
  new StepFailure(
    'Pointsman.NotCandidate',
    `${name}: asked to promote ${release}, the candidate is ${found ?? 'nothing'}; start it as candidate first`,
  );
