/** A part of a date as `[…]` of a picture names it: numbers in UTC, `am` or `pm` for `P`, `ISO` for calendar and era. */
export function datePart(date: Date, component: string): number | string | undefined {
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  const day = date.getUTCDate();
  const today = Date.UTC(year, month, day);
  switch (component) {
    case 'Y':
      return year;
    case 'M':
      return month + 1;
    case 'D':
      return day;
    case 'd':
      return (today - Date.UTC(year, 0)) / dayMillis + 1;
    case 'F':
      return date.getUTCDay() || 7;
    case 'W':
      return weekIn(today, { year, month: 0 }, 12, 52);
    case 'w':
      return weekIn(today, { year, month }, 1, 4);
    case 'X':
      return year + weekShift(date.getTime(), { year, month: 0 }, 12);
    case 'x':
      return ((month + weekShift(date.getTime(), { year, month }, 1) + 12) % 12) + 1;
    case 'H':
      return date.getUTCHours();
    case 'h':
      return date.getUTCHours() % 12 || 12;
    case 'P':
      return date.getUTCHours() >= 12 ? 'pm' : 'am';
    case 'm':
      return date.getUTCMinutes();
    case 's':
      return date.getUTCSeconds();
    case 'f':
      return date.getUTCMilliseconds();
    case 'C':
    case 'E':
      return 'ISO';
    default:
      return undefined;
  }
}

const dayMillis = 86_400_000;

interface Period {
  readonly year: number;
  /** 0 to 11; more or less are months of the years after or before. */
  readonly month: number;
}

/** The Monday of the week that holds the period's first Thursday. (ISO 8601 for years, XPath for months) */
function firstWeek({ year, month }: Period): number {
  const start = Date.UTC(year, month);
  const weekday = new Date(start).getUTCDay() || 7;
  return start + (weekday > 4 ? 8 - weekday : 1 - weekday) * dayMillis;
}

/** @param months that the period lasts @param weeks that it has at least */
function weekIn(today: number, period: Period, months: number, weeks: number): number {
  const week = weeksSince(firstWeek(period), today);
  if (week > weeks && today >= firstWeek({ ...period, month: period.month + months })) return 1;
  if (week < 1) return Math.floor(weeksSince(firstWeek({ ...period, month: period.month - months }), today));
  return Math.floor(week);
}

const weeksSince = (start: number, day: number): number => (day - start) / (7 * dayMillis) + 1;

/** Whether the week belongs to the period before (-1), to this one or to the next (1). */
function weekShift(now: number, period: Period, months: number): number {
  if (now < firstWeek(period)) return -1;
  return now >= firstWeek({ ...period, month: period.month + months }) ? 1 : 0;
}
