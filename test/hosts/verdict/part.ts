import { readRecordings } from '../../conformance/case.ts';
import type { Trace } from './play.ts';
import type { RecordingVerdict } from './recordings.ts';
import { type Play, workflowPlays } from './workflow-plays.ts';

/** What one process does: some plays, and some recordings, on one host. */
export interface Part {
  readonly host: string;
  /** Ids of plays. */
  readonly plays: readonly string[];
  readonly recordings: { readonly folder: string; readonly ids: readonly string[] } | undefined;
  /** Asks what the host offers, too. */
  readonly support: boolean;
}

/** What it says, line by line. */
export type Said =
  | { readonly kind: 'trace'; readonly id: string; readonly trace: Trace }
  | { readonly kind: 'recording'; readonly id: string; readonly verdict: RecordingVerdict }
  | { readonly kind: 'support'; readonly answers: Readonly<Record<string, string>> };

export interface Selection {
  readonly only: string;
  /** One of so many disturbed runs and of the recordings without functions; 1 for all. */
  readonly every: number;
}

/** Every undisturbed run, and one of every so many others. */
export const selectedPlays = ({ only, every }: Selection): readonly Play[] =>
  workflowPlays()
    .filter(({ id }) => id.includes(only))
    .filter(({ disturbance }, i) => disturbance === undefined || i % every === 0);

/** Executions of the engine alone, one of every so many, and all with functions and callbacks; the others ask about the API. */
export const selectedRecordings = (folder: string, { only, every }: Selection): readonly string[] =>
  readRecordings(folder)
    .cases.filter(({ tier, id }) => tier <= 2 && id.includes(only))
    .filter(({ tier }, i) => tier === 2 || i % every === 0)
    .map(({ id }) => id);

/** Into parts for as many processes, one after the other into each. */
export const dealt = <Item>(items: readonly Item[], hands: number): readonly (readonly Item[])[] =>
  Array.from({ length: hands }, (_, hand) => items.filter((_item, i) => i % hands === hand));
