declare const epochMs: unique symbol;

/** A moment: whole milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & { readonly [epochMs]: true };

export const toEpochMs = (milliseconds: number): EpochMs => Math.trunc(milliseconds) as EpochMs;

/** The last moment that a date can say: in the year 275760. */
const LAST_MOMENT = 8.64e15;

/** Never beyond the last moment, however many seconds: retries may grow without a limit. */
export const plusSeconds = (instant: EpochMs, seconds: number): EpochMs =>
  toEpochMs(Math.min(instant + seconds * 1000, LAST_MOMENT));

/** As the context object shows moments: `2026-11-23T05:00:00.123Z`. */
export const isoText = (instant: EpochMs): string => new Date(instant).toISOString();
