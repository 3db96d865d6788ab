declare const epochMs: unique symbol;

/** A moment: whole milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & { readonly [epochMs]: true };

export const toEpochMs = (milliseconds: number): EpochMs => Math.trunc(milliseconds) as EpochMs;

export const plusSeconds = (instant: EpochMs, seconds: number): EpochMs => toEpochMs(instant + seconds * 1000);

/** As the context object shows moments: `2026-11-23T05:00:00.123Z`. */
export const isoText = (instant: EpochMs): string => new Date(instant).toISOString();
