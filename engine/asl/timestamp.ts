import { toEpochMs, type EpochMs } from '../data/instant.ts';

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * The moment an RFC 3339 text names, to the millisecond, cut off; undefined for any other text, and for a day or an
 * hour that is not in the calendar. `T` and `Z` are upper case. (ASL spec, "Timestamps")
 */
export function parseTimestamp(text: string): EpochMs | undefined {
  const parts = rfc3339.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > lastDay || hour > 23 || minute > 59 || second > 59) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : toEpochMs(instant);
}
