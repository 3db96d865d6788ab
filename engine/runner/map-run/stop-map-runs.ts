import { type Effect, roundOf } from '../../core/index.ts';
import type { Letter } from '../mailboxes.ts';
import type { ExecutionArn, MapRunArn } from '../ports.ts';
import { executionsOf } from './executions-of.ts';
import type { MapRunWork } from './perform-map-runs.ts';

type StopMapRun = Extract<Effect, { kind: 'StopMapRun' }>;

export interface MapRunStopper {
  /** Stops what a Map Run that is over has left, and takes the order out of the outbox. */
  stop(parent: ExecutionArn, effect: StopMapRun): void;
  /** Resolves when no execution of this round, or of an earlier one, runs. */
  stopChildren(mapRun: MapRunArn, round: number): Promise<void>;
  /** Resolves when no order to stop is under way: who runs executions again waits for that first. */
  stopped(mapRun: MapRunArn): Promise<unknown>;
}

/** `starting`: the starts under way of a Map Run, each of which has to be over before it can be stopped. */
export function mapRunStopper(
  { store, post, done, onProblem }: Pick<MapRunWork, 'store' | 'post' | 'done' | 'onProblem'>,
  starting: (mapRun: MapRunArn) => ReadonlySet<Promise<void>> | undefined,
): MapRunStopper {
  const underWay = new Map<MapRunArn, Promise<unknown>>();

  async function stopChildren(mapRun: MapRunArn, round: number): Promise<void> {
    const starts = starting(mapRun);
    if (starts !== undefined) await Promise.all(starts);
    const running = await executionsOf(store, mapRun, 'RUNNING');
    await Promise.all(running.map(({ arn }) => stopChild(arn, round)));
  }

  const stopChild = (arn: ExecutionArn, round: number): Promise<void> =>
    new Promise((resolve) =>
      post(arn, {
        event: { kind: 'StopRequested', error: undefined, cause: undefined },
        wanted: ({ frames: { start } }) => start?.kind === 'start' && roundOf(start) <= round,
        answered: () => resolve(),
      }),
    );

  async function stopMapRun(parent: ExecutionArn, { id, mapRun, round }: StopMapRun): Promise<void> {
    await stopChildren(mapRun, round);
    // An execution that has ended takes no events: its outbox is emptied from outside.
    const answered: Letter['answered'] = (answer) => answer === 'ignored' && done(parent, id);
    post(parent, { event: { kind: 'MapRunStopped', id }, answered });
  }

  return {
    stop(parent, effect) {
      const { mapRun } = effect;
      const stops = stopMapRun(parent, effect).catch((thrown: unknown) =>
        onProblem('executions of a Map Run will be stopped when the host starts again', parent, thrown),
      );
      const all = Promise.all([underWay.get(mapRun), stops]);
      underWay.set(mapRun, all);
      void all.then(() => underWay.get(mapRun) === all && underWay.delete(mapRun));
    },
    stopChildren,
    stopped: async (mapRun) => underWay.get(mapRun),
  };
}
