import { Cron } from 'croner';

/**
 * The instants of a cron pattern by the calendar of an IANA time zone. Where clocks are put forward, what falls into the
 * hour that is missing comes when it would have ended; where they are put back, a fixed time comes once, the first time.
 */
export interface CronSchedule {
  /** First instant after `at`, milliseconds since 1970; undefined when none comes any more. */
  after(at: number): number | undefined;
  /** The newest instant after `from` and up to `to`; undefined when there is none. */
  newest(from: number, to: number): number | undefined;
}

const HOUR_MS = 3_600_000;
/** However long the span, few instants are looked at: of a frequent pattern the last hour has one, of a rare one the last years. */
const WINDOWS_MS = [HOUR_MS, 24 * HOUR_MS, 32 * 24 * HOUR_MS, Number.POSITIVE_INFINITY];

/** @throws Error for a pattern or a time zone that does not exist */
export function cronSchedule(pattern: string, timeZone: string): CronSchedule {
  const cron = new Cron(pattern, { timezone: timeZone, paused: true });
  const after = (at: number) => cron.nextRun(new Date(at))?.getTime();

  function newestWithin(from: number, to: number): number | undefined {
    let newest: number | undefined;
    for (let next = after(from); next !== undefined && next <= to; next = after(next)) newest = next;
    return newest;
  }

  return {
    after,
    newest(from, to) {
      for (const window of WINDOWS_MS) {
        const found = newestWithin(Math.max(from, to - window), to);
        if (found !== undefined || to - window <= from) return found;
      }
      return undefined;
    },
  };
}
