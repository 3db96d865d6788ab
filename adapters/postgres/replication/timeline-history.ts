import { readLsn } from './lsn.ts';

/** A timeline that another one left, and where. */
export interface Ancestor {
  readonly timeline: number;
  /** The child begins here. */
  readonly fork: bigint;
}

/** The ancestors in a history file, oldest first; the last is the parent. (src/backend/access/transam/timeline.c) */
export function readTimelineHistory(text: string): readonly Ancestor[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [timeline, fork] = line.split(/\s+/);
      if (!/^\d+$/.test(timeline ?? '') || fork === undefined)
        throw new Error(`a timeline history holds ${JSON.stringify(line)}`);
      return { timeline: Number(timeline), fork: readLsn(fork) };
    });
}
