import type { Position } from '../../../functions/ports/recovery/position.ts';
import type { Redis } from '../wire/redis-session.ts';

/** What a server says of its replication. */
export interface ReplicationFacts {
  readonly role: 'primary' | 'standby';
  /** Its branch is the replication id, its offset the end of what it has. */
  readonly end: Position;
  /** The branch it left last, and where. */
  readonly parent: Position | undefined;
  /** Of a standby: whether it is connected and has caught up once. */
  readonly isLinked: boolean;
  /** Of a standby: whole seconds since its primary said anything. */
  readonly silentSeconds: number;
  /** Of a primary. */
  readonly standbys: number;
  /** Of a primary: seconds since its standbys said anything, the longest. */
  readonly lagSeconds: number;
  /** Of a primary that wants standbys: how many it has. */
  readonly goodStandbys: number | undefined;
}

export async function replicationFacts(redis: Redis): Promise<ReplicationFacts> {
  const info = await redis.info('replication');
  const number = (name: string) => Number(info[name] ?? 0);
  const left = number('second_repl_offset');
  const lags = Object.entries(info).flatMap(([name, value]) =>
    /^slave\d+$/.test(name) ? [Number(/lag=(\d+)/.exec(value)?.[1] ?? 0)] : [],
  );
  return {
    role: info['role'] === 'master' ? 'primary' : 'standby',
    end: { branch: info['master_replid'] ?? '', offset: info['master_repl_offset'] ?? '0' },
    // It counts the first byte that is its own.
    parent: left > 0 ? { branch: info['master_replid2'] ?? '', offset: String(left - 1) } : undefined,
    isLinked: info['master_link_status'] === 'up' && info['master_sync_in_progress'] !== '1',
    silentSeconds: number('master_last_io_seconds_ago'),
    standbys: number('connected_slaves'),
    lagSeconds: Math.max(0, ...lags),
    goodStandbys: info['min_slaves_good_slaves'] === undefined ? undefined : number('min_slaves_good_slaves'),
  };
}

/** Whether all up to `wanted` is in what a server has; false when it cannot tell, for it is of another branch. */
export function hasAll({ end, parent }: ReplicationFacts, wanted: Position): boolean {
  const own = [end, parent].find((each) => each?.branch === wanted.branch);
  return own !== undefined && BigInt(own.offset) >= BigInt(wanted.offset);
}
