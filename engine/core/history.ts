import type { EpochMs } from '../data/instant.ts';

/**
 * A history event with AWS's own names (API reference, `HistoryEvent`): `type`, `id`, `previousEventId`, and the
 * details under the key that belongs to the type, `stateEnteredEventDetails` and so on. Data inside details is JSON text.
 */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: EpochMs;
  readonly type: string;
  readonly [details: `${string}EventDetails`]: Details;
}

export type Details = Readonly<Record<string, DetailValue>>;
type DetailValue = string | number | boolean | undefined | { readonly [key: string]: string | number | boolean };
