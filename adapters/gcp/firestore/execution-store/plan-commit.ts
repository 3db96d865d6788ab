import type { Commit, ExecutionArn, ExecutionSummary, MapRun } from '../../../../engine/runner/ports.ts';
import type { Write } from '../documents.ts';
import { BODY_BYTES, type Body, bodyWrite, bytesOf, type Entry, packed } from './bodies.ts';
import { effectKey, frameKey, isEffect, isFrame, TEXTS, textKey } from './head.ts';
import type { Layout } from './layout.ts';
import { paths } from './paths.ts';

/** A longer entry does not stand in the head, which is written with every step. */
const ENTRY_BYTES = 16_384;
/** Entries in the head together; past this, new ones go elsewhere. The directory has the rest of its 1,048,576 bytes. */
const HEAD_BYTES = 393_216;

/** A commit as documents. */
export interface PlannedCommit {
  /** Bodies that nothing names before the commit: they may be written ahead of it, in parts. */
  readonly bodies: readonly Write[];
  /** What is written with the head. */
  readonly others: readonly Write[];
  /** Members of the head's state that change, undefined for those that go. */
  readonly members: readonly (readonly [path: readonly [string, string] | readonly [string], value: unknown])[];
  readonly waiting: boolean;
  readonly after: Omit<Layout, 'updatedAt'>;
}

/**
 * What a commit writes beside the summary's short members. `token` names it among all commits; `nextPlace` gives rising
 * numbers for the order of the outbox. Pure but for that.
 */
export function planCommit(
  before: Omit<Layout, 'updatedAt'>,
  change: Commit,
  summary: ExecutionSummary | undefined,
  { token, nextPlace }: { readonly token: string; readonly nextPlace: () => number },
): PlannedCommit {
  const { life } = before;
  const { sets, drops } = changedEntries(before, change, summary, nextPlace);
  const here = new Map(before.here);
  const away = new Map(before.away);
  const packs = new Map(before.packs);
  for (const key of [...drops, ...sets.keys()]) {
    here.delete(key);
    away.delete(key);
  }
  const large = placeEntries(here, sets);
  const bodies: Body[] = [];
  for (const [index, group] of packGroups(large).entries()) {
    const pack = `${(before.version + 1).toString(36)}.${index}`; // short: the directory names it with every key
    const made = packed(group, `${token}${index}`);
    bodies.push(...made);
    packs.set(
      pack,
      made.map(({ id }) => id),
    );
    for (const [key] of group) away.set(key, pack);
  }
  const named = new Set(away.values());
  const unnamed = [...packs].filter(([pack]) => !named.has(pack));
  for (const [pack] of unnamed) packs.delete(pack);
  const history = historyWrites(life, change, token);
  const mapRuns = new Map(before.mapRuns);
  const runs = (change.mapRuns ?? []).map((run) => mapRunWrite(run, mapRuns, nextPlace));
  const texts = new Map<string, unknown>(sets);
  return {
    bodies: [...bodies.map((body) => bodyWrite(life, body)), ...history.bodies],
    others: [
      ...history.page,
      ...runs,
      ...unnamed.flatMap(([, ids]) => ids.map((id): Write => ({ kind: 'delete', path: paths.body(life, id) }))),
    ],
    members: [
      ...differences('here', before.here, here, (key) => texts.get(key)),
      ...differences('away', before.away, away, (key) => away.get(key)),
      ...differences('packs', before.packs, packs, (key) => packs.get(key)),
      ...differences('mapRuns', before.mapRuns, mapRuns, (key) => mapRuns.get(key)),
    ],
    waiting: [...here.keys(), ...away.keys()].some(isEffect),
    after: { life, version: before.version + 1, lastEventId: change.head.lastEventId, here, away, packs, mapRuns },
  };

  /** Also entries that stay where they are and have another text. */
  function differences<V>(
    member: string,
    old: ReadonlyMap<string, V>,
    now: ReadonlyMap<string, V>,
    valueOf: (key: string) => unknown,
  ) {
    const gone = [...old.keys()].filter((key) => !now.has(key));
    const changed = [...now].filter(([key, value]) => old.get(key) !== value || (member === 'here' && sets.has(key)));
    return [
      ...gone.map((key) => [[member, key], undefined] as const),
      ...changed.map(([key]) => [[member, key], valueOf(key)] as const),
    ];
  }
}

function changedEntries(
  before: Pick<Layout, 'here' | 'away'>,
  { frames, opened, closed }: Commit,
  summary: ExecutionSummary | undefined,
  nextPlace: () => number,
) {
  const sets = new Map<string, string>();
  const drops = new Set<string>();
  if (summary?.status === 'SUCCEEDED')
    for (const key of [...before.here.keys(), ...before.away.keys()].filter(isFrame)) drops.add(key);
  else
    for (const [id, frame] of Object.entries(frames))
      if (frame === null) drops.add(frameKey(id));
      else sets.set(frameKey(id), JSON.stringify(frame));
  for (const id of closed) drops.add(effectKey(id));
  for (const effect of opened) sets.set(effectKey(effect.id), JSON.stringify([nextPlace(), effect]));
  for (const name of summary === undefined ? [] : TEXTS) {
    const text = summary?.[name];
    if (text === undefined) drops.add(textKey(name));
    else if (name !== 'input' || !hasEntry(before, textKey(name))) sets.set(textKey(name), JSON.stringify(text));
  }
  return { sets, drops };
}

const hasEntry = ({ here, away }: Pick<Layout, 'here' | 'away'>, key: string) => here.has(key) || away.has(key);

/** Puts into `here` what fits there, and gives the rest. */
function placeEntries(here: Map<string, number>, sets: ReadonlyMap<string, string>): readonly Entry[] {
  let used = here.values().reduce((sum, bytes) => sum + bytes, 0);
  const large: Entry[] = [];
  for (const [key, text] of sets) {
    const bytes = bytesOf(text);
    if (bytes > ENTRY_BYTES || used + bytes > HEAD_BYTES) large.push([key, text]);
    else {
      here.set(key, bytes);
      used += bytes;
    }
  }
  return large;
}

/** Small entries share a pack; a large one has its own, and so goes when it is replaced. */
function packGroups(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const isLarge = ([, text]: Entry) => bytesOf(text) > BODY_BYTES / 8;
  const small = entries.filter((entry) => !isLarge(entry));
  return [...(small.length === 0 ? [] : [small]), ...entries.filter(isLarge).map((entry) => [entry])];
}

/** One page for the events of a commit, which has them in itself when they fit. */
function historyWrites(life: string, { history }: Commit, token: string) {
  const [first, last] = [history[0]?.id, history.at(-1)?.id];
  if (first === undefined || last === undefined) return { bodies: [], page: [] };
  const entries = history.map((event): Entry => [String(event.id), JSON.stringify(event)]);
  const bodies = packed(entries, `${token}h`);
  const only = bodies.length === 1 ? bodies[0] : undefined;
  const fields = only === undefined ? { bodies: bodies.map(({ id }) => id) } : { texts: only.texts };
  const page: Write = { kind: 'create', path: paths.historyPage(life, first), fields: { first, last, ...fields } };
  return { bodies: only === undefined ? bodies.map((body) => bodyWrite(life, body)) : [], page: [page] };
}

function mapRunWrite(run: MapRun, known: Map<string, number>, nextPlace: () => number): Write {
  const path = paths.mapRun(run.arn);
  const id = path.slice(path.indexOf('/') + 1);
  const place = known.get(id) ?? nextPlace();
  known.set(id, place);
  const fields = { arn: run.arn, executionArn: run.executionArn, place, body: JSON.stringify(run) };
  return { kind: 'put', path, fields };
}

/** @throws Error when the commit's history does not go on after event `last`: a fault of the caller */
export function mustGoOn(arn: ExecutionArn, last: number, { history, head }: Commit): void {
  const gap = history.findIndex(({ id }, i) => id !== last + 1 + i);
  if (gap !== -1)
    throw new Error(`${arn}: event ${history[gap]?.id} where ${last + 1 + gap} belongs; nothing was stored`);
  const next = last + history.length;
  if (head.lastEventId !== next)
    throw new Error(
      `${arn}: its head ends at event ${head.lastEventId}, its history at event ${next}; nothing was stored`,
    );
}
