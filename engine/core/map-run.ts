import type { EpochMs } from '../data/instant.ts';
import type { Json } from '../data/json.ts';
import type { Head } from './execution.ts';

/** One run of a distributed Map, as DescribeMapRun shows it. */
export interface MapRun {
  /** `arn:aws:states:<region>:<account>:mapRun:<machine>/<label>:<id>`. */
  readonly arn: string;
  /** The execution whose Map this is. */
  readonly executionArn: string;
  /** What its executions run: `…:stateMachine:<machine>/<label>`. */
  readonly machineArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly startedAt: EpochMs;
  readonly stoppedAt: EpochMs | undefined;
  /** Absent for one that never was. */
  readonly redriveCount?: number;
  /** The last time. */
  readonly redrivenAt?: EpochMs;
  /** 0 means no limit of its own. */
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly itemCounts: MapRunCounts;
  readonly executionCounts: MapRunCounts;
}

/** Items, or executions, by what became of them. */
export interface MapRunCounts {
  readonly pending: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly aborted: number;
  readonly total: number;
  readonly resultsWritten: number;
  /** Of the unsuccessful, those that no redrive can run again. */
  readonly failuresNotRedrivable: number;
  /** Unsuccessful in an earlier round, and still to be run again. */
  readonly pendingRedrive: number;
}

/** How an execution ends without success. */
export type Unsuccessful = Exclude<Head['status'], 'RUNNING' | 'SUCCEEDED'>;

export type UnsuccessfulCounts = Pick<MapRunCounts, 'failed' | 'timedOut' | 'aborted'>;

/** How an execution of a Map Run ended. Its data is JSON text. */
export interface ChildResult {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly status: Exclude<Head['status'], 'RUNNING'>;
  readonly startedAt: EpochMs;
  readonly stoppedAt: EpochMs;
  readonly input: string;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Absent for one that never was. */
  readonly redriveCount?: number | undefined;
}

/** What a Map Run bears of failed items; undefined for what was not given. */
export interface Tolerance {
  readonly count: number | undefined;
  readonly percentage: number | undefined;
}

export interface BatchLimits {
  readonly maxItems: number | undefined;
  readonly maxBytes: number | undefined;
  /** `BatchInput`, the same for every batch. */
  readonly input: Json | undefined;
}

/** The id at the end of a Map Run's ARN. */
export const mapRunId = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

export const NO_COUNTS: MapRunCounts = {
  pending: 0,
  running: 0,
  succeeded: 0,
  failed: 0,
  timedOut: 0,
  aborted: 0,
  total: 0,
  resultsWritten: 0,
  failuresNotRedrivable: 0,
  pendingRedrive: 0,
};
