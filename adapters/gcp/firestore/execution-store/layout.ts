import type { Timestamp } from '@google-cloud/firestore';
import type { ExecutionArn } from '../../../../engine/runner/ports.ts';
import { bytesOf } from './bodies.ts';
import type { Head } from './head.ts';

/** What a writer has to know of a stored execution: everything of its head but the texts. */
export interface Layout {
  readonly life: string;
  readonly version: number;
  readonly lastEventId: number;
  readonly updatedAt: Timestamp;
  /** Bytes of the entries in the head, by key. */
  readonly here: ReadonlyMap<string, number>;
  /** Packs of the entries elsewhere, by key. */
  readonly away: ReadonlyMap<string, string>;
  /** Ids of bodies by pack. */
  readonly packs: ReadonlyMap<string, readonly string[]>;
  readonly mapRuns: ReadonlyMap<string, number>;
}

export const layoutOf = ({ life, state, updatedAt }: Head): Layout => ({
  life,
  version: state.version,
  lastEventId: state.lastEventId,
  updatedAt,
  here: new Map(Object.entries(state.here).map(([key, text]) => [key, bytesOf(text)])),
  away: new Map(Object.entries(state.away)),
  packs: new Map(Object.entries(state.packs)),
  mapRuns: new Map(Object.entries(state.mapRuns)),
});

/** Layouts of the executions used last, so that a commit that follows a load reads nothing. */
export interface Layouts {
  get(arn: ExecutionArn): Layout | undefined;
  put(arn: ExecutionArn, layout: Layout): void;
  drop(arn: ExecutionArn): void;
}

export function recentLayouts(limit: number): Layouts {
  const known = new Map<ExecutionArn, Layout>();
  return {
    get: (arn) => known.get(arn),
    put(arn, layout) {
      known.delete(arn);
      known.set(arn, layout);
      const oldest = known.size > limit ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
    },
    drop: (arn) => void known.delete(arn),
  };
}
