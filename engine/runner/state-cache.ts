import type { Machine } from '../asl/machine.ts';
import { applyFrames, type Frame, type Step, unknownBehaviour } from '../core/index.ts';
import { compiledMachine, storedMachineAt } from './map-run/item-processors.ts';
import type {
  ExecutionArn,
  ExecutionStore,
  ExecutionSummary,
  LoggingConfiguration,
  StoredExecution,
  StoredMachine,
} from './ports.ts';

/** A running execution in memory: what is stored, and the machine it runs. */
export interface Loaded extends StoredExecution {
  readonly machine: Machine;
  /** Of the revision it runs. */
  readonly logging: LoggingConfiguration | undefined;
  /** Belongs to whoever steps the execution, who alone changes it. */
  readonly frames: Record<string, Frame>;
}

/** Running executions by ARN, read from the store when needed. The oldest idle ones are forgotten past `limit`. */
export interface StateCache {
  /** undefined when there is no such execution or it has ended. */
  get(arn: ExecutionArn): Promise<Loaded | undefined>;
  put(loaded: Loaded): void;
  forget(arn: ExecutionArn): void;
}

export function createStateCache(
  store: ExecutionStore,
  machineOf: (stored: StoredMachine) => Machine,
  limit: number,
): StateCache {
  const cache = new Map<ExecutionArn, Loaded>();
  const put = (loaded: Loaded) => {
    cache.delete(loaded.summary.arn);
    cache.set(loaded.summary.arn, loaded);
    const oldest = cache.size > limit ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
  };
  return {
    async get(arn) {
      const known = cache.get(arn);
      if (known !== undefined) return known;
      const stored = await store.load(arn);
      if (stored === undefined || stored.summary.status !== 'RUNNING') return undefined;
      assertKnownBehaviour(stored);
      const { machineArn, revisionId } = stored.summary;
      const machine = await storedMachineAt(store, machineArn, revisionId);
      if (machine === undefined)
        throw new Error(`${arn} runs revision ${revisionId} of ${machineArn}, which is not stored`);
      const loaded = { ...stored, machine: compiledMachine(machineOf, machine), logging: machine.logging };
      put(loaded);
      return loaded;
    },
    put,
    forget: (arn) => void cache.delete(arn),
  };
}

/** @throws Error for an execution that only a newer interpreter can step */
export function assertKnownBehaviour({ summary, frames }: Pick<StoredExecution, 'summary' | 'frames'>): void {
  const { start } = frames;
  const unknown = unknownBehaviour(start?.kind === 'start' ? start : undefined);
  if (unknown !== undefined) throw new Error(`${summary.arn} cannot go on here: ${unknown}`);
}

/**
 * The execution after a step, with its frames changed in place. One that could not be committed must be forgotten: only
 * the store knows what it was before.
 */
export function advance(loaded: Loaded, step: Step): Loaded {
  applyFrames(loaded.frames, step);
  return { ...loaded, head: step.head };
}

/** The execution after the commit of what it was advanced by. */
export const committed = (advanced: Loaded, summary: ExecutionSummary | undefined): Loaded => ({
  ...advanced,
  version: advanced.version + 1,
  summary: summary ?? advanced.summary,
});
