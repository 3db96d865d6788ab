import { toEpochMs } from '../../../engine/data/instant.ts';
import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import type { QueuedRunner } from '../../../engine/runner/queued-runner.ts';
import type { AppWork } from './register-functions.ts';

export interface AppWorkParts {
  readonly runner: Pick<QueuedRunner, 'perform' | 'recover'>;
  readonly api: AppWork['api'];
  readonly store: Pick<ExecutionStore, 'forget'>;
  readonly now: () => number;
  /** Starts what a push asks for. Absent: nothing here is released by a push. */
  readonly pushes?: Pushes;
  /** Starts what is due by the clock. */
  readonly schedules?: () => Promise<void>;
}

export interface Pushes {
  readonly webhook: AppWork['webhook'];
  readonly imagePushed: AppWork['imagePushed'];
}

const DAY_MS = 86_400_000;
/** As on AWS. */
const KEPT_DAYS = 90;
/** Of orchestrations that are over: for whoever looks why one failed. */
const ORCHESTRATIONS_KEPT_DAYS = 2;

/** What the functions of the app do, over the engine of this process. */
export function appWork({ runner, api, store, now, pushes, schedules }: AppWorkParts): AppWork {
  return {
    perform: runner.perform,
    api,
    webhook: pushes?.webhook ?? (async () => new Response('nothing here is released by a push', { status: 404 })),
    imagePushed: pushes?.imagePushed ?? (async () => {}),
    async everyMinute() {
      await runner.recover();
      await schedules?.();
    },
    async everyHour(purge) {
      await store.forget(toEpochMs(now() - KEPT_DAYS * DAY_MS));
      await purge(new Date(now() - ORCHESTRATIONS_KEPT_DAYS * DAY_MS));
    },
  };
}
