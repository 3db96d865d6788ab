import type { Clock, ExecutionStore, StoredMachine } from '../../../engine/runner/ports.ts';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { QueuedRunner } from '../../../engine/runner/queued-runner.ts';
import { cronSchedule } from '../../cron-schedule.ts';
import type { ScheduleSettings } from '../../schedule-configuration.ts';
import { changeDocument } from '../firestore/change-document.ts';
import type { Documents } from '../firestore/documents.ts';

export interface EveryMinuteOptions {
  readonly runner: Pick<QueuedRunner, 'start' | 'recover'>;
  readonly store: Pick<ExecutionStore, 'forget'>;
  readonly documents: Documents;
  readonly schedules: Readonly<Record<string, ScheduleSettings>>;
  /** The newest revision of the machine of this name. */
  readonly machine: (name: string) => Promise<StoredMachine | undefined>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: (message: string, details: object) => void;
  readonly onProblem: (problem: string, thrown: unknown) => void;
}

/** Ended executions are kept as long as on AWS. */
const KEPT_MS = 90 * 24 * 3_600_000;
const MINUTE_MS = 60_000;

/** When a schedule was looked at last. */
interface Seen {
  readonly at: number;
}

/**
 * What Cloud Scheduler asks for every minute: what lies in the outbox and is due is sent again, schedules that came due start
 * their executions, and in the first minute of an hour what ended long ago is forgotten. Each is tried though another fails.
 */
export function everyMinute(options: EveryMinuteOptions): () => Promise<void> {
  const { runner, store, documents, schedules, machine, clock, log, onProblem } = options;

  /** An execution bears its schedule's name and instant: the same instant starts it once. Of missed instants the newest starts. */
  async function startDue(name: string, settings: ScheduleSettings): Promise<void> {
    const now = clock.now();
    let from: number = now;
    await changeDocument<Seen>(documents, `schedules/${name}`, (found) => {
      from = found?.at ?? now; // what came before it was first looked at is nobody's
      return found === undefined ? { at: now } : undefined;
    });
    const due = cronSchedule(settings.cron, settings.timeZone).newest(from, now);
    if (due === undefined) return;
    const found = await machine(settings.workflow);
    if (found === undefined) throw new Error(`there is no state machine ${settings.workflow}`);
    const stamp = new Date(due).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
    const input = JSON.stringify({ ...settings.input, scheduledAt: due });
    const { kind, execution } = await runner.start({ machine: found, name: `${name}-${stamp}`, input });
    if (kind === 'started') log('a schedule started an execution', { schedule: name, execution: execution.arn });
    await changeDocument<Seen>(documents, `schedules/${name}`, (seen) =>
      seen !== undefined && seen.at >= due ? undefined : { at: due },
    );
  }

  async function tried(problem: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      onProblem(problem, thrown);
      return false;
    }
  }

  return async () => {
    const isFirstOfHour = Math.floor(clock.now() / MINUTE_MS) % 60 === 0;
    const done = [
      await tried('what waits in the outbox could not be sent again', () => runner.recover()),
      ...(await Promise.all(
        Object.entries(schedules).map(([name, settings]) =>
          tried(`the schedule ${name} could not be started and is tried again`, () => startDue(name, settings)),
        ),
      )),
      !isFirstOfHour ||
        (await tried('old executions could not be forgotten', () => store.forget(toEpochMs(clock.now() - KEPT_MS)))),
    ];
    if (done.includes(false)) throw new Error('not everything could be done; the log says what');
  };
}
