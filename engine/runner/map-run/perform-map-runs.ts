import type { Effect, ExecutionEvent, MapRunWaiter } from '../../core/index.ts';
import { toEpochMs } from '../../data/instant.ts';
import { childArn } from '../arn.ts';
import type { Letter } from '../mailboxes.ts';
import { NoSuchObject, type ObjectStore } from '../object-store.ts';
import type { Clock, ExecutionArn, ExecutionStore, MapRunArn, StoredMachine } from '../ports.ts';
import type { Timers } from '../timers.ts';
import { asResult } from './as-result.ts';
import { storedMachineAt } from './item-processors.ts';
import type { RedrivenChild } from './redrive-child.ts';
import { Unusable } from './unusable.ts';
import { readItems } from './reading/read-items.ts';
import { mapRunStopper } from './stop-map-runs.ts';
import { writeResults } from './write-results.ts';

export type MapRunEffect = Extract<Effect, { kind: 'StartChild' | 'ReadItems' | 'WriteResults' | 'StopMapRun' }>;

export interface MapRunWork {
  readonly store: ExecutionStore;
  /** Absent where a host has none: nothing can be read or written then. */
  readonly objects: ObjectStore | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
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
  readonly post: (arn: ExecutionArn, letter: Letter) => void;
  readonly done: (arn: ExecutionArn, effectId: string) => void;
  readonly onProblem: (problem: string, arn: ExecutionArn, thrown: unknown) => void;
}

/** Before an execution that could not be started is tried again. */
const PAUSE_MS = 1000;

/** Does what Map Runs ask for: reads their items, starts and stops their executions, writes their results. */
export function mapRunPerformer(work: MapRunWork) {
  const { store, objects, clock, timers, start, redrive, post, onProblem } = work;
  /** Starts under way, by Map Run: who stops its executions waits for these first. */
  const starting = new Map<MapRunArn, Set<Promise<void>>>();
  /** Starts that no step has taken back. */
  const wanted = new Set<string>();
  const stopper = mapRunStopper(work, (mapRun) => starting.get(mapRun));

  async function startChild(
    parent: ExecutionArn,
    effect: Extract<MapRunEffect, { kind: 'StartChild' }>,
  ): Promise<void> {
    const { machineArn, name, input, waiter } = effect;
    const place = `${parent}#${effect.id}`;
    try {
      if (waiter.round !== undefined && (await runsAgain(parent, effect, waiter.round))) return;
      const summary = await store.summary(parent);
      const machine = summary && (await storedMachineAt(store, machineArn, summary.revisionId));
      if (machine === undefined) throw new Error(`${machineArn} is not stored`);
      const arn = childArn(effect);
      await start({ machine, arn, name, input: JSON.stringify(input), waiter, mapRunArn: waiter.mapRun });
    } catch (thrown) {
      if (!wanted.has(place)) return;
      onProblem('an execution of a Map Run could not be started and will be tried again', parent, thrown);
      timers.set(place, toEpochMs(clock.now() + PAUSE_MS), () =>
        track(effect.waiter.mapRun, startChild(parent, effect)),
      );
    }
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
    post(parent, { event: { kind: 'ChildEnded', frame, mapRun, index, result, round, ...isFinal } });
    return true;
  }

  function track(mapRun: MapRunArn, started: Promise<void>): void {
    const all = starting.get(mapRun) ?? new Set();
    starting.set(mapRun, all.add(started));
    void started.finally(() => {
      all.delete(started);
      if (all.size === 0) starting.delete(mapRun);
    });
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
    post(parent, { event });
  }

  function needObjects(): ObjectStore {
    if (objects === undefined) throw new Unusable('This host has no object store');
    return objects;
  }

  return {
    perform(parent: ExecutionArn, effect: MapRunEffect): void {
      switch (effect.kind) {
        case 'StartChild':
          wanted.add(`${parent}#${effect.id}`);
          return track(effect.waiter.mapRun, startChild(parent, effect));
        case 'StopMapRun':
          return stopper.stop(parent, effect);
        case 'ReadItems':
          return void report(parent, effect, 'States.ItemReaderFailed', async () => {
            const { frame, mapRun } = effect;
            return { kind: 'ItemsRead', frame, mapRun, ...(await readItems(needObjects(), effect)) };
          });
        case 'WriteResults':
          return void report(parent, effect, 'States.ResultWriterFailed', async () => {
            const { frame, mapRun } = effect;
            await stopper.stopChildren(mapRun, Infinity);
            const output = await writeResults({ store, objects: needObjects() }, parent, effect);
            return { kind: 'ResultsWritten', frame, mapRun, output };
          });
        default:
          return effect satisfies never;
      }
    },
    withdraw: (parent: ExecutionArn, effectId: string): void => void wanted.delete(`${parent}#${effectId}`),
  };
}
