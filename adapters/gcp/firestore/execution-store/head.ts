import type { Timestamp } from '@google-cloud/firestore';
import type { EpochMs } from '../../../../engine/data/instant.ts';
import type {
  ExecutionArn,
  ExecutionStatus,
  ExecutionSummary,
  StoredExecution,
} from '../../../../engine/runner/ports.ts';
import type { StoredDocument } from '../documents.ts';

/**
 * The document of an execution: the summary's short members, on which the listings have their indexes, and the state. The
 * state is a directory of *entries*, texts by key: frames (`f <id>`), effects (`e <id>`) and the summary's long texts
 * (`s input`). Short ones are here, the others in bodies, in packs that were written together. One step changes this one
 * document and adds a page of history, so the commit that holds the version decides over all of it.
 */
export interface HeadFields extends Omit<ExecutionSummary, 'input' | 'output' | 'error' | 'cause'> {
  /** Sorts the listings: start, then creation. */
  readonly place: string;
  /** Whether the outbox has something in it. */
  readonly waiting: boolean;
  readonly life: string;
  readonly state: {
    readonly version: number;
    readonly status: StoredExecution['head']['status'];
    readonly lastEventId: number;
    /** Of the commit that wrote this: a writer that lost the answer recognises its own. */
    readonly token: string;
    /** Texts by key. */
    readonly here: Readonly<Record<string, string>>;
    /** Names of packs by key. */
    readonly away: Readonly<Record<string, string>>;
    /** Ids of bodies by pack, in their order. */
    readonly packs: Readonly<Record<string, readonly string[]>>;
    /** Documents of Map Runs, with the place of each in the listing. */
    readonly mapRuns: Readonly<Record<string, number>>;
  };
}

export interface Head extends HeadFields {
  readonly updatedAt: Timestamp;
}

/** The store alone writes this collection, so the shape is not checked again. */
export const readHead = ({ fields, updatedAt }: StoredDocument): Head => ({ ...fields, updatedAt }) as unknown as Head;

export const frameKey = (id: string): string => `f ${id}`;
export const effectKey = (id: string): string => `e ${id}`;
export const isFrame = (key: string): boolean => key.startsWith('f ');
export const isEffect = (key: string): boolean => key.startsWith('e ');

/** The long texts of a summary, as they stand among the entries. */
export const TEXTS = ['input', 'output', 'error', 'cause'] as const;
export const textKey = (name: (typeof TEXTS)[number]): string => `s ${name}`;

/** A summary's members that stand in the document itself. */
export const shortMembers = (summary: ExecutionSummary) => ({
  status: summary.status,
  stoppedAt: summary.stoppedAt ?? null,
  redriveCount: summary.redriveCount ?? null,
  redrivenAt: summary.redrivenAt ?? null,
});

/** The summary, with its long texts from `textOf`, which gives JSON. */
export function readSummary(head: Head, textOf: (key: string) => string | undefined): ExecutionSummary {
  const text = (name: (typeof TEXTS)[number]): string | undefined => {
    const found = textOf(textKey(name));
    return found === undefined ? undefined : String(JSON.parse(found));
  };
  return {
    arn: head.arn satisfies ExecutionArn,
    machineArn: head.machineArn,
    revisionId: head.revisionId,
    ...(head.mapRunArn == null ? {} : { mapRunArn: head.mapRunArn }),
    versionArn: head.versionArn ?? undefined,
    aliasArn: head.aliasArn ?? undefined,
    name: head.name,
    status: head.status satisfies ExecutionStatus,
    startedAt: head.startedAt satisfies EpochMs,
    stoppedAt: head.stoppedAt ?? undefined,
    input: text('input') ?? '',
    output: text('output'),
    error: text('error'),
    cause: text('cause'),
    redriveCount: head.redriveCount ?? undefined,
    redrivenAt: head.redrivenAt ?? undefined,
  };
}
