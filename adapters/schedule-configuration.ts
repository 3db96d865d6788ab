import * as z from 'zod/mini';
import { cronSchedule } from './cron-schedule.ts';

// What `schedules:` of pointsman.yaml takes: workflows that start by the clock.

const schedule = z.strictObject({
  /** Five fields, or six with seconds first. */
  cron: z.string(),
  /** IANA name by whose calendar the pattern is read. */
  timeZone: z._default(z.string(), 'UTC'),
  /** Name of the state machine: `backup`, `restore-drill`. */
  workflow: z.string().check(z.minLength(1)),
  /** Its input; the scheduled instant is added as `scheduledAt`. */
  input: z._default(z.record(z.string(), z.json()), {}),
});

/** A schedule with every default filled in. */
export type ScheduleSettings = z.output<typeof schedule>;

/** By name, which begins the names of the executions. */
export const schedules = z._default(
  z.record(
    z.string().check(z.regex(/^[a-z0-9-]{1,40}$/, 'a name is lower-case letters, digits and "-", at most 40')),
    schedule.check(
      z.superRefine(({ cron, timeZone }, { addIssue }) => {
        const problem = problemOf(cron, timeZone);
        if (problem !== undefined) addIssue({ code: 'custom', message: problem });
      }),
    ),
  ),
  {},
);

/** What is wrong with a pattern or a time zone, in words; undefined when it comes some day. */
function problemOf(cron: string, timeZone: string): string | undefined {
  try {
    if (cronSchedule(cron, timeZone).after(0) !== undefined) return undefined;
    return `"${cron}" never comes: there is no such day`;
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return `"${cron}" in "${timeZone}" is no schedule: ${message.split('\n')[0]}`;
  }
}
