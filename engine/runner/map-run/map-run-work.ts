import type { Effect, ExecutionEvent, MapRunWaiter } from '../../core/index.ts';
import { childArn } from '../arn.ts';
import type { Ask } from '../mailboxes.ts';
import { NoSuchObject, type ObjectStore } from '../object-store.ts';
import type { ExecutionArn, ExecutionStore, MapRunArn, StoredMachine } from '../ports.ts';
import { asResult } from './as-result.ts';
import { storedMachineAt } from './item-processors.ts';
import type { RedrivenChild } from './redrive-child.ts';
import { Unusable } from './unusable.ts';
import { readItems } from './reading/read-items.ts';
import { mapRunStopper } from './stop-map-runs.ts';
import { writeResults } from './write-results.ts';

export type MapRunEffect = Extract<Effect, { kind: 'StartChild' | 'ReadItems' | 'WriteResults' | 'StopMapRun' }>;

export interface MapRunWorkOptions {
  readonly store: ExecutionStore;
  /** Absent where a host has none: nothing can be read or written then. */
  readonly objects: ObjectStore | undefined;
  readonly start: (request: {
    readonly machine: StoredMachine;
    readonly arn: ExecutionArn;
    readonly name: string;
    readonly input: string;
    readonly waiter: MapRunWaiter;
    readonly mapRunArn: MapRunArn;
  }) => Promise<unknown>;
  /** Runs an execution again that ended in an earlier round. */
  readonly redrive: (arn: ExecutionArn, executionType: 'STANDARD' | 'EXPRESS', round: number) => Promise<RedrivenChild>;
  readonly ask: Ask;
  readonly done: (arn: ExecutionArn, effectId: string) => Promise<void>;
  /** Whether an effect still waits, where another process may have taken it back; absent where this one would know. */
  readonly isOpen: ((arn: ExecutionArn, effectId: string) => Promise<boolean>) | undefined;
  readonly onProblem: (problem: string, arn: ExecutionArn, thrown: unknown) => void;
}

/** Does what Map Runs ask for: reads their items, starts and stops their executions, writes their results. */
export function mapRunWork(options: MapRunWorkOptions) {
  const { store, objects, start, redrive, ask, isOpen, onProblem } = options;
  /** Starts under way, by Map Run: who stops its executions waits for these first. */
  const starting = new Map<MapRunArn, Set<Promise<void>>>();
  const stopper = mapRunStopper(options, (mapRun) => starting.get(mapRun));

  async function startChild(
    parent: ExecutionArn,
    effect: Extract<MapRunEffect, { kind: 'StartChild' }>,
  ): Promise<void> {
    const { machineArn, name, input, waiter } = effect;
    if (waiter.round !== undefined && (await runsAgain(parent, effect, waiter.round))) return;
    const summary = await store.summary(parent);
    const machine = summary && (await storedMachineAt(store, machineArn, summary.revisionId));
    if (machine === undefined) throw new Error(`${machineArn} is not stored`);
    const arn = childArn(effect);
    await start({ machine, arn, name, input: JSON.stringify(input), waiter, mapRunArn: waiter.mapRun });
    if (isOpen !== undefined && !(await isOpen(parent, effect.id))) await stopper.stopChild(arn, waiter.round ?? 0);
  }

  /** Whether the execution is, or was, run again in this round; if not, it is to be started. */
  async function runsAgain(
    parent: ExecutionArn,
    effect: Extract<MapRunEffect, { kind: 'StartChild' }>,
    round: number,
  ): Promise<boolean> {
    const { frame, mapRun, index } = effect.waiter;
    await stopper.stopped(mapRun);
    const found = await redrive(childArn(effect), effect.executionType, round);
    if (found.kind === 'unknown') return false;
    if (found.kind === 'runs') return true;
    const [result] = asResult(found.summary);
    if (result === undefined) throw new Error(`${found.summary.arn} has ended and still runs`);
    const isFinal = found.kind === 'final' ? ({ isFinal: true } as const) : {};
    await ask(parent, { event: { kind: 'ChildEnded', frame, mapRun, index, result, round, ...isFinal } });
    return true;
  }

  function track(mapRun: MapRunArn, start: Promise<void>): Promise<void> {
    const all = starting.get(mapRun) ?? new Set();
    const over = start
      .catch(() => {})
      .finally(() => {
        all.delete(over);
        if (all.size === 0) starting.delete(mapRun);
      });
    starting.set(mapRun, all.add(over));
    return start;
  }

  /** The event that the work gives, or why it could not be done. */
  async function report(
    parent: ExecutionArn,
    { frame, mapRun }: { readonly frame: string; readonly mapRun: MapRunArn },
    error: string,
    done: () => Promise<ExecutionEvent>,
  ): Promise<void> {
    const event = await done().catch((thrown: unknown): ExecutionEvent => {
      if (!(thrown instanceof Unusable || thrown instanceof NoSuchObject))
        onProblem('a Map Run could not read its items or write its results', parent, thrown);
      const cause = thrown instanceof Error ? thrown.message : String(thrown);
      return { kind: 'MapRunHindered', frame, mapRun, failure: { error, cause } };
    });
    await ask(parent, { event });
  }

  function needObjects(): ObjectStore {
    if (objects === undefined) throw new Unusable('This host has no object store');
    return objects;
  }

  return async (parent: ExecutionArn, effect: MapRunEffect): Promise<void> => {
    switch (effect.kind) {
      case 'StartChild':
        return track(effect.waiter.mapRun, startChild(parent, effect));
      case 'StopMapRun':
        return stopper.stop(parent, effect);
      case 'ReadItems':
        return report(parent, effect, 'States.ItemReaderFailed', async () => {
          const { frame, mapRun } = effect;
          return { kind: 'ItemsRead', frame, mapRun, ...(await readItems(needObjects(), effect)) };
        });
      case 'WriteResults':
        return report(parent, effect, 'States.ResultWriterFailed', async () => {
          const { frame, mapRun } = effect;
          await stopper.stopChildren(mapRun, Infinity);
          const output = await writeResults({ store, objects: needObjects() }, parent, effect);
          return { kind: 'ResultsWritten', frame, mapRun, output };
        });
      default:
        return effect satisfies never;
    }
  };
}
