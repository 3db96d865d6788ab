import type { Run } from './recovery-api.ts';

/** A promise of this demo, and what was found. */
export interface Found {
  readonly promise: string;
  readonly found: string;
  readonly kept: boolean;
}

/** What came of an act. */
export interface Played {
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly found: readonly Found[];
  /** Reports of the runs it started, without their rows and details. */
  readonly runs: readonly Omit<Run, 'lost' | 'details'>[];
}

export interface RecoveryReport {
  readonly from: number;
  readonly to: number;
  readonly passed: boolean;
  readonly acts: readonly Played[];
  /** Promises about the whole. */
  readonly whole: readonly Found[];
  /** What kept an act from being played to its end; null: nothing. */
  readonly stoppedBy: string | null;
}

type Paint = (style: 'green' | 'red' | 'dim' | 'bold', text: string) => string;

/** The closing table: every promise and what was found. */
export function reportTable({ acts, whole, passed, from, to, stoppedBy }: RecoveryReport, paint: Paint): string {
  const rows = [...acts.map(({ title, found }) => ({ title, found })), { title: 'all the time', found: whole }];
  const size = Math.max(...rows.flatMap(({ found }) => found.map((each) => each.promise.length)));
  const lines = rows.flatMap(({ title, found }) => [
    paint('bold', title),
    ...found.map(
      ({ promise, found: seen, kept }) =>
        `  ${kept ? paint('green', '✓') : paint('red', '✗')} ${promise.padEnd(size)}  ${paint('dim', seen)}`,
    ),
  ]);
  const seconds = `${((to - from) / 1000).toFixed(0)} s`;
  const end = passed
    ? paint('green', `Every promise was kept, in ${seconds}`)
    : paint('red', `Not every promise was kept, in ${seconds}${stoppedBy === null ? '' : `: ${stoppedBy}`}`);
  return [...lines, '', paint('bold', end)].join('\n');
}
