import { toEpochMs } from '../../../../engine/data/instant.ts';
import type { Clock, StoredMachine } from '../../../../engine/runner/ports.ts';
import type { Runner } from '../../../../engine/runner/runner.ts';
import { type CronSchedule, cronSchedule } from '../../../cron-schedule.ts';
import type { ScheduleSettings } from '../../../schedule-configuration.ts';
import type { SeenInstants } from './seen-instants.ts';

interface SchedulesOptions {
  readonly schedules: Readonly<Record<string, ScheduleSettings>>;
  readonly clock: Clock;
  readonly runner: Pick<Runner, 'start'>;
  readonly machine: (workflow: string) => StoredMachine;
  readonly seen: SeenInstants;
  readonly log: Readonly<Record<'info' | 'warn' | 'error', (facts: object, text: string) => void>>;
}

export interface Schedules {
  /** Resolves when everything that is due was started. */
  settled(): Promise<void>;
  /** Starts nothing more and resolves when what is in hand was started. */
  stop(): Promise<void>;
}

/** An execution that could not be started is tried again after this; its instant may not pass unused. */
const AGAIN_MS = 60_000;
/** Skipped instants are counted up to this. */
const MOST_COUNTED = 1000;

/**
 * Starts workflows by the clock. An execution bears its schedule's name and instant, so the same instant starts it once: after a
 * restart, and when two hosts share a store. Of the instants that passed while no host was there only the newest is started:
 * two backups in a row help nobody.
 */
export function startSchedules({ schedules, clock, runner, machine, seen, log }: SchedulesOptions): Schedules {
  const disarm = new Map<string, () => void>();
  const inHand = new Set<Promise<void>>();
  let isStopped = false;
  for (const [name, settings] of Object.entries(schedules)) {
    if (seen.read(name) === undefined) seen.write(name, clock.now());
    lookAfter(name, settings, cronSchedule(settings.cron, settings.timeZone));
  }

  function lookAfter(name: string, settings: ScheduleSettings, cron: CronSchedule): void {
    const work = startDue(name, settings, cron).then((next) => {
      if (isStopped || next === undefined) return;
      disarm.set(
        name,
        clock.at(toEpochMs(next), () => lookAfter(name, settings, cron)),
      );
    });
    inHand.add(work);
    void work.finally(() => inHand.delete(work));
  }

  /** Gives the moment at which to look again; undefined when nothing comes any more. */
  async function startDue(name: string, settings: ScheduleSettings, cron: CronSchedule): Promise<number | undefined> {
    const now = clock.now();
    const from = seen.read(name) ?? now;
    const due = cron.newest(from, now);
    if (due === undefined) return cron.after(Math.max(from, now));
    try {
      const skipped = countBefore(cron, from, due);
      if (skipped > 0)
        log.warn(
          { schedule: name, skipped, since: inWords(from) },
          'instants passed unused and are skipped: only the newest starts',
        );
      const execution = `${name}-${stampOf(due)}`;
      const input = JSON.stringify({ ...settings.input, scheduledAt: due });
      const { kind } = await runner.start({ machine: machine(settings.workflow), name: execution, input });
      log.info(
        { schedule: name, execution, instant: inWords(due) },
        kind === 'started' ? 'started' : 'it was started already',
      );
      seen.write(name, due);
      return cron.after(Math.max(due, now));
    } catch (thrown) {
      log.error({ err: thrown, schedule: name, instant: inWords(due) }, 'it could not be started and is tried again');
      return now + AGAIN_MS;
    }
  }

  return {
    settled: async () => void (await Promise.all(inHand)),
    async stop() {
      isStopped = true;
      for (const cancel of disarm.values()) cancel();
      await Promise.all(inHand);
    },
  };
}

function countBefore(cron: CronSchedule, from: number, newest: number): number {
  let count = 0;
  for (let at = cron.after(from); at !== undefined && at < newest && count < MOST_COUNTED; at = cron.after(at)) count++;
  return count;
}

const inWords = (at: number): string => new Date(at).toISOString();

/** `20261127T020000Z` */
export const stampOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
