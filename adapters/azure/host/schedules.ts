import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import type { Runner } from '../../../engine/runner/runner.ts';
import { type CronSchedule, cronSchedule } from '../../cron-schedule.ts';
import { stampOf } from '../../local/host/schedules/start-schedules.ts';
import type { SeenInstants } from '../tables/control.ts';
import type { ScheduleSettings } from '../../schedule-configuration.ts';

interface SchedulesOptions {
  readonly schedules: Readonly<Record<string, ScheduleSettings>>;
  readonly store: Pick<ExecutionStore, 'machine'>;
  readonly runner: Pick<Runner, 'start'>;
  readonly machineArn: (workflow: string) => string;
  readonly seen: SeenInstants;
  readonly now: () => number;
  readonly onProblem: (problem: string, thrown: unknown, about?: string) => void;
}

/**
 * Starts what the clock says, called every minute by a timer. An execution bears its schedule's name and instant, so it
 * starts once, whoever asks. Of the instants that passed while nobody asked only the newest is started; a schedule that
 * is new begins now.
 */
export function dueSchedules(options: SchedulesOptions): () => Promise<void> {
  const { schedules, store, runner, machineArn, seen, now, onProblem } = options;
  const known = Object.entries(schedules).map(
    ([name, settings]) => [name, settings, cronSchedule(settings.cron, settings.timeZone)] as const,
  );

  async function startDue(name: string, { workflow, input }: ScheduleSettings, cron: CronSchedule): Promise<void> {
    const from = await seen.read(name);
    if (from === undefined) return seen.write(name, now());
    const due = cron.newest(from, now());
    if (due === undefined) return;
    const machine = await store.machine(machineArn(workflow));
    if (machine === undefined) throw new Error(`there is no state machine ${workflow} on this host`);
    const text = JSON.stringify({ ...input, scheduledAt: due });
    await runner.start({ machine, name: `${name}-${stampOf(due)}`, input: text });
    await seen.write(name, due);
  }

  return async () => {
    for (const [name, settings, cron] of known)
      await startDue(name, settings, cron).catch((thrown: unknown) =>
        onProblem('a schedule could not be started and is tried again in a minute', thrown, name),
      );
  };
}
