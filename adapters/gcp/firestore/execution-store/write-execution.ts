import { randomBytes } from 'node:crypto';
import type { Commit, ExecutionArn, ExecutionStore, ExecutionSummary } from '../../../../engine/runner/ports.ts';
import type { Documents, Write } from '../documents.ts';
import { type Head, type HeadFields, readHead, shortMembers } from './head.ts';
import { type Layout, layoutOf, type Layouts } from './layout.ts';
import { padded, paths } from './paths.ts';
import { mustGoOn, type PlannedCommit, planCommit } from './plan-commit.ts';

/** Of one commit of Firestore: it takes 10 MiB. */
const COMMIT_BYTES = 7_000_000;
const COMMIT_WRITES = 400;

interface WriterOptions {
  readonly documents: Documents;
  readonly layouts: Layouts;
  /** Rising whole numbers, microseconds since 1970: the order of what is written. */
  readonly nextPlace: () => number;
}

/**
 * Writes executions. The head's version is compared by the time the head was written last, which the layout has: no
 * transaction, no lock. When Firestore's answer is lost and the client asks again, the second try is refused because the first
 * one was taken; the token in the head tells that from a conflict.
 */
export function executionWriter({
  documents,
  layouts,
  nextPlace,
}: WriterOptions): Pick<ExecutionStore, 'create' | 'commit'> {
  const newToken = () => randomBytes(6).toString('hex');

  async function headOf(arn: ExecutionArn): Promise<Head | undefined> {
    const [found] = await documents.get([paths.execution(arn)]);
    return found && readHead(found);
  }

  async function layoutAt(arn: ExecutionArn, version: number): Promise<Layout | undefined> {
    const known = layouts.get(arn);
    if (known?.version === version) return known;
    const head = await headOf(arn);
    if (head === undefined) return undefined;
    const layout = layoutOf(head);
    layouts.put(arn, layout);
    return layout;
  }

  /** Bodies go ahead of the commit when it would be too large with them; nothing names them before it. */
  async function write(arn: ExecutionArn, head: Write, { bodies, others, after }: PlannedCommit, token: string) {
    const isSmall = sizeOf(bodies) < COMMIT_BYTES && bodies.length + others.length < COMMIT_WRITES;
    const ahead = isSmall ? [] : batches(bodies);
    for (const batch of ahead) await documents.write(batch);
    const writtenAt = await documents.write([head, ...(isSmall ? bodies : []), ...others]);
    if (writtenAt !== 'refused') {
      layouts.put(arn, { ...after, updatedAt: writtenAt });
      return 'written';
    }
    layouts.drop(arn);
    const now = await headOf(arn);
    if (now?.state.token === token) return 'written';
    for (const batch of ahead)
      await documents.write(batch.map(({ path }): Write => ({ kind: 'delete', path }))).catch(() => undefined);
    return 'refused';
  }

  return {
    async create(summary, first) {
      mustGoOn(summary.arn, 0, first);
      const token = newToken();
      const life = paths.newLife(summary.arn, token);
      const nothing = {
        life,
        version: 0,
        lastEventId: 0,
        here: new Map(),
        away: new Map(),
        packs: new Map(),
        mapRuns: new Map(),
      };
      const plan = planCommit(nothing, first, summary, { token, nextPlace });
      const fields = headFields(summary, first, plan, token, nextPlace());
      const head: Write = { kind: 'create', path: paths.execution(summary.arn), fields: { ...fields } };
      return (await write(summary.arn, head, plan, token)) === 'written' ? 'created' : 'exists';
    },

    async commit(arn, expectedVersion, change) {
      const layout = await layoutAt(arn, expectedVersion);
      if (layout?.version !== expectedVersion) return 'conflict';
      mustGoOn(arn, layout.lastEventId, change);
      const token = newToken();
      const plan = planCommit(layout, change, change.summary, { token, nextPlace });
      const head: Write = {
        kind: 'change',
        path: paths.execution(arn),
        unchangedSince: layout.updatedAt,
        members: [
          ...Object.entries(change.summary === undefined ? {} : shortMembers(change.summary)).map(
            ([member, value]) => [[member], value] as const,
          ),
          [['waiting'], plan.waiting],
          [['state', 'version'], plan.after.version],
          [['state', 'status'], change.head.status],
          [['state', 'lastEventId'], change.head.lastEventId],
          [['state', 'token'], token],
          ...plan.members.map(([path, value]) => [['state', ...path], value] as const),
        ],
      };
      return (await write(arn, head, plan, token)) === 'written' ? 'committed' : 'conflict';
    },
  };
}

function headFields(
  summary: ExecutionSummary,
  { head }: Commit,
  { members, waiting }: PlannedCommit,
  token: string,
  place: number,
): HeadFields {
  const { arn, machineArn, revisionId, mapRunArn, versionArn, aliasArn, name, startedAt } = summary;
  const parts = { here: {}, away: {}, packs: {}, mapRuns: {} };
  for (const [[part = '', key = ''], value] of members)
    Object.assign(parts[part as keyof typeof parts], { [key]: value });
  return {
    arn,
    machineArn,
    revisionId,
    ...(mapRunArn === undefined ? {} : { mapRunArn }),
    ...(versionArn === undefined ? {} : { versionArn }),
    ...(aliasArn === undefined ? {} : { aliasArn }),
    name,
    startedAt,
    ...(shortMembers(summary) as Pick<HeadFields, 'status' | 'stoppedAt'>),
    place: `${padded(startedAt, 15)} ${padded(place, 17)}`,
    waiting,
    life: paths.newLife(arn, token),
    state: { version: 1, status: head.status, lastEventId: head.lastEventId, token, ...parts },
  };
}

const sizeOf = (writes: readonly Write[]): number =>
  writes.reduce((sum, write) => sum + ('fields' in write ? Buffer.byteLength(JSON.stringify(write.fields)) : 0), 0);

/** Each small enough for one commit of Firestore. */
function batches(writes: readonly Write[]): readonly (readonly Write[])[] {
  const found: Write[][] = [];
  let bytes = Infinity;
  for (const write of writes) {
    bytes += sizeOf([write]);
    if (bytes > COMMIT_BYTES || found.at(-1)?.length === COMMIT_WRITES) {
      found.push([]);
      bytes = sizeOf([write]);
    }
    found.at(-1)?.push(write);
  }
  return found;
}
