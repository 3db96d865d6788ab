import { describe, expect, it } from 'vitest';
import { cronSchedule } from './cron-schedule.ts';

const at = (text: string) => Date.parse(text);

describe('cronSchedule', () => {
  it('finds the newest instant of a rare pattern', () => {
    const leapDay = cronSchedule('0 0 29 2 *', 'UTC');

    expect(leapDay.newest(at('2020-01-01T00:00:00Z'), at('2026-01-01T00:00:00Z'))).toBe(at('2024-02-29T00:00:00Z'));
    expect(leapDay.newest(at('2024-03-01T00:00:00Z'), at('2026-01-01T00:00:00Z'))).toBeUndefined();
  });

  it('counts an instant that is `to` and none that is `from`', () => {
    const hourly = cronSchedule('0 * * * *', 'UTC');
    const [one, two] = [at('2026-01-01T01:00:00Z'), at('2026-01-01T02:00:00Z')];

    expect(hourly.newest(one, two)).toBe(two);
    expect(hourly.newest(two, two + 1)).toBeUndefined();
    expect(hourly.newest(one, two - 1)).toBeUndefined();
  });

  it('comes twice an hour long when clocks are put back, for a pattern of every hour', () => {
    const hourly = cronSchedule('0 * * * *', 'Europe/Zurich');

    expect(hourly.after(at('2026-10-25T00:00:00Z'))).toBe(at('2026-10-25T01:00:00Z'));
    expect(hourly.after(at('2026-10-25T01:00:00Z'))).toBe(at('2026-10-25T02:00:00Z'));
  });
});
