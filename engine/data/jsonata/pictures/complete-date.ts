import { failure } from '../failure.ts';
import { datePart } from './date-parts.ts';

/** Parts of a date by their components. */
export type DateValues = Record<string, number | undefined>;

/**
 * The milliseconds since 1970 of the parts that were given, and of those that were not.
 * @throws JsonataFailure `D3136` when a part between given ones is missing, or the date is one of weeks
 */
export function completeDate(given: DateValues, now: Date): number {
  const values: DateValues = { ...given };
  const components = componentsOf(given);
  fillGaps(values, components, now);
  if (components.includes('F')) throw failure('D3136'); // dates by weeks can be written, but not read
  const { Y: year = 0, D: day = 0, m: minutes = 0, s: seconds = 0, f: millis = 0 } = values;
  const date = components.startsWith('YDH') || components.startsWith('YDP') ? dayOfYear(year, values.d) : undefined;
  const month = date?.month ?? monthOf(values.M);
  const hour = components.includes('P') ? hourOf(values) : (values.H ?? 0);
  const instant = Date.UTC(year, month, date?.day ?? day, hour, minutes, seconds, millis);
  return instant - (values.Z || values.z || 0) * 60_000;
}

/** From the largest to the smallest: a date by days of the month, of the year, or by weeks; 12 hours or 24. */
function componentsOf(given: DateValues): string {
  const only = (allowed: string, of: string) => isOnly(given, allowed, of);
  const byMonth = only('YMD', 'YXMxWwdD');
  const byDay = !byMonth && only('Yd', 'YXMxWwdD');
  const byMonthWeek = only('Xxw', 'YXMxWwdD');
  const byYearWeek = !byMonthWeek && only('XW', 'YXMxWwdD');
  const date = byDay ? 'YD' : byMonthWeek ? 'XxwF' : byYearWeek ? 'XWF' : 'YMD';
  const halfDays = !only('Hmsf', 'PHhmsf') && only('Phmsf', 'PHhmsf');
  return date + (halfDays ? 'Phmsf' : 'Hmsf');
}

/** Whether some of the allowed parts are given, and none of the others. A part that is zero does not count as given. */
function isOnly(given: DateValues, allowed: string, of: string): boolean {
  const present = Array.from(of).filter((component) => Boolean(given[component]));
  return present.length > 0 && present.every((component) => allowed.includes(component));
}

/** Above the first given part what the instant says, below the last one the earliest. */
function fillGaps(values: DateValues, components: string, now: Date): void {
  let started = false;
  let ended = false;
  for (const component of components) {
    if (values[component] !== undefined) {
      if (ended) throw failure('D3136');
      started = true;
    } else if (started) {
      values[component] = 'MDd'.includes(component) ? 1 : 0;
      ended = true;
    } else {
      const part = datePart(now, component);
      if (typeof part === 'number') values[component] = part;
    }
  }
}

/** From 0. */
const monthOf = (month = 0): number => (month > 0 ? month - 1 : 0);

function dayOfYear(year: number, day = 1): { month: number; day: number } {
  const date = new Date(Date.UTC(year, 0) + (day - 1) * 86_400_000);
  return { month: date.getUTCMonth(), day: date.getUTCDate() };
}

function hourOf({ h = 0, P: half }: DateValues): number {
  return (h === 12 ? 0 : h) + (half === 1 ? 12 : 0);
}
