import { type Effect, roundOf } from '../../core/index.ts';
import type { ExecutionArn, MapRunArn } from '../ports.ts';
import { executionsOf } from './executions-of.ts';
import type { MapRunWorkOptions } from './map-run-work.ts';

type StopMapRun = Extract<Effect, { kind: 'StopMapRun' }>;

export interface MapRunStopper {
  /** Stops what a Map Run that is over has left, and takes the order out of the outbox. */
  stop(parent: ExecutionArn, effect: StopMapRun): Promise<void>;
  /** Stops one that is of this round, or of an earlier one. */
  stopChild(arn: ExecutionArn, round: number): Promise<unknown>;
  /** Resolves when no execution of this round, or of an earlier one, runs. */
  stopChildren(mapRun: MapRunArn, round: number): Promise<void>;
  /** Resolves when no order to stop is under way: who runs executions again waits for that first. */
  stopped(mapRun: MapRunArn): Promise<unknown>;
}

/** `starting`: the starts under way of a Map Run, each of which has to be over before it can be stopped. */
export function mapRunStopper(
  { store, ask, done }: Pick<MapRunWorkOptions, 'store' | 'ask' | 'done'>,
  starting: (mapRun: MapRunArn) => ReadonlySet<Promise<void>> | undefined,
): MapRunStopper {
  const underWay = new Map<MapRunArn, Promise<unknown>>();

  async function stopChildren(mapRun: MapRunArn, round: number): Promise<void> {
    const starts = starting(mapRun);
    if (starts !== undefined) await Promise.all(starts);
    const running = await executionsOf(store, mapRun, 'RUNNING');
    await Promise.all(running.map(({ arn }) => stopChild(arn, round)));
  }

  const stopChild = (arn: ExecutionArn, round: number): Promise<unknown> =>
    ask(arn, {
      event: { kind: 'StopRequested', error: undefined, cause: undefined },
      wanted: ({ frames: { start } }) => start?.kind === 'start' && roundOf(start) <= round,
    });

  async function stopMapRun(parent: ExecutionArn, { id, mapRun, round }: StopMapRun): Promise<void> {
    await stopChildren(mapRun, round);
    // An execution that has ended takes no events: its outbox is emptied from outside.
    if ((await ask(parent, { event: { kind: 'MapRunStopped', id } })) === 'ignored') await done(parent, id);
  }

  return {
    stop(parent, effect) {
      const { mapRun } = effect;
      const stop = stopMapRun(parent, effect);
      const all = Promise.all([underWay.get(mapRun), stop.catch(() => {})]);
      underWay.set(mapRun, all);
      void all.then(() => underWay.get(mapRun) === all && underWay.delete(mapRun));
      return stop;
    },
    stopChild,
    stopChildren,
    stopped: async (mapRun) => underWay.get(mapRun),
  };
}
