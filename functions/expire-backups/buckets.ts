/** A span of local time that keeps its newest backup. */
export type BucketKind = 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly';

/**
 * Names the bucket of each kind that a moment lies in, by the calendar of one IANA time zone. An hour bears its offset from
 * UTC: where clocks are put back, the hour that comes twice is two hours. Weeks are those of ISO 8601.
 * @throws RangeError for a time zone that does not exist
 */
export function bucketsIn(timeZone: string): (at: number) => Readonly<Record<BucketKind, string>> {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    timeZoneName: 'longOffset',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? '';
    const [year, month, day] = [part('year'), part('month'), part('day')];
    const offset = part('timeZoneName').slice('GMT'.length) || 'Z';
    return {
      hourly: `hour ${year}-${month}-${day}T${part('hour')}${offset}`,
      daily: `day ${year}-${month}-${day}`,
      weekly: `week ${isoWeek(Number(year), Number(month), Number(day))}`,
      monthly: `month ${year}-${month}`,
      yearly: `year ${year}`,
    };
  };
}

const DAY_MS = 86_400_000;

/** A week belongs to the year of its Thursday. */
function isoWeek(year: number, month: number, day: number): string {
  const date = Date.UTC(year, month - 1, day);
  const daysSinceMonday = (new Date(date).getUTCDay() + 6) % 7;
  const thursday = date + (3 - daysSinceMonday) * DAY_MS;
  const weekYear = new Date(thursday).getUTCFullYear();
  const week = 1 + Math.floor((thursday - Date.UTC(weekYear, 0, 1)) / (7 * DAY_MS));
  return `${weekYear}-W${String(week).padStart(2, '0')}`;
}
