import { randomUUID } from 'node:crypto';
import {
  type Catalog,
  type CatalogItems,
  type CatalogKind,
  type Collection,
  type ExecutionStore,
  placeOf,
  type StoredMachine,
} from '../../../engine/runner/ports.ts';
import { blobOf, type Blobs, encodeBodies } from './bodies.ts';
import { wholly } from './document.ts';
import { key, keysUnder, lastPart } from './keys.ts';
import { pageToken, readPageToken } from '../../../engine/runner/page-token.ts';
import type { Row, Rows, RowWrite } from './rows.ts';

type Machines = Pick<ExecutionStore, 'putMachine' | 'deleteMachine' | 'machine' | 'machines' | 'catalog'>;

/** What an owner has: items of each kind by ARN. */
type Owned = { readonly [Kind in CatalogKind]?: Readonly<Record<string, CatalogItems[Kind]>> };

interface Body {
  readonly key: string;
  readonly text: string;
  /** What has to be there: the row that was read, or none; whatever it is when absent. */
  readonly onto?: Row | 'nothing';
}

const PARTITION = 'machines';
const newestKey = (arn: string) => key('newest', arn);
const revisionKey = (arn: string, id: string) => key('revision', arn, id);
const ownedKey = (owner: string) => key('owned', owner);

/**
 * Machines and what belongs to them, in one partition, so that a machine goes with its versions, aliases and tags in one
 * transaction: all that an owner has is one row.
 */
export function tableMachines(rows: Rows, blobs: Blobs): Machines {
  async function write(bodies: readonly Body[]): Promise<'written' | 'conflict'> {
    const encoded = encodeBodies({ partition: PARTITION, version: randomUUID() }, bodies);
    await blobs.put(encoded);
    const writes = bodies.map(({ key: name, onto }, i): RowWrite => {
      const content = encoded[i]?.content ?? { facts: {}, bytes: undefined };
      if (onto === undefined) return { kind: 'put', key: name, content };
      return onto === 'nothing'
        ? { kind: 'insert', key: name, content }
        : { kind: 'replace', key: name, etag: onto.etag, content };
    });
    return (await rows.write(PARTITION, writes)) === 'conflict' ? 'conflict' : 'written';
  }

  const readRow = (name: string) =>
    wholly(async () => {
      const row = await rows.get(PARTITION, name);
      return { row, text: row && (await blobs.text(row)) };
    });

  /** They never change. */
  const revisions = newestKept<StoredMachine>(REVISIONS);

  const readOwned = (text: string | undefined): Owned => JSON.parse(text ?? '{}');
  const ownedBy = async (owner: string) => readOwned((await readRow(ownedKey(owner))).text);

  /** Tried again when another change was faster. */
  async function changeOwned(owner: string, edit: (before: Owned) => Owned): Promise<void> {
    for (;;) {
      const { row, text: before } = await readRow(ownedKey(owner));
      const text = JSON.stringify(edit(readOwned(before)));
      if ((await write([{ key: ownedKey(owner), text, onto: row ?? 'nothing' }])) === 'conflict') continue;
      const superseded = row && blobOf(row);
      return blobs.drop(superseded === undefined ? [] : [superseded]);
    }
  }

  function collection<Kind extends CatalogKind>(kind: Kind): Collection<CatalogItems[Kind]> {
    const itemsOf = (all: Owned): Readonly<Record<string, CatalogItems[Kind]>> => all[kind] ?? {};
    const order = (item: CatalogItems[Kind]) => placeOf[kind](item).order;
    return {
      put: (item) =>
        changeOwned(placeOf[kind](item).owner, (all) => ({ ...all, [kind]: { ...itemsOf(all), [item.arn]: item } })),
      get: async (arn) => itemsOf(await ownedBy(ownerOf[kind](arn)))[arn],
      drop: (arn) =>
        changeOwned(ownerOf[kind](arn), (all) => {
          const { [arn]: _, ...others } = itemsOf(all);
          return { ...all, [kind]: others };
        }),
      async list(owner, { limit, from }) {
        const listing = `${kind} of ${owner}`;
        const [after = ''] = readPageToken(listing, from, ['']).map(String);
        const rest = Object.values(itemsOf(await ownedBy(owner)))
          .filter((item) => order(item) > after)
          .sort((a, b) => (order(a) < order(b) ? -1 : 1));
        const last = rest.length > limit ? rest[limit - 1] : undefined;
        return { items: rest.slice(0, limit), next: last && pageToken(listing, [order(last)]) };
      },
    };
  }

  const catalog: Catalog = {
    versions: collection('versions'),
    aliases: collection('aliases'),
    activities: collection('activities'),
    tags: collection('tags'),
  };

  return {
    async putMachine(machine) {
      const text = JSON.stringify(machine);
      await write([
        { key: revisionKey(machine.arn, machine.revisionId), text },
        { key: newestKey(machine.arn), text },
      ]);
    },
    async deleteMachine(arn) {
      for (;;) {
        const found = await Promise.all([newestKey(arn), ownedKey(arn)].map((name) => rows.get(PARTITION, name)));
        const writes = found.flatMap((row): RowWrite[] =>
          row === undefined ? [] : [{ kind: 'delete', key: row.key }],
        );
        if (writes.length === 0 || (await rows.write(PARTITION, writes)) !== 'conflict') return;
      }
    },
    async machine(arn, revisionId): Promise<StoredMachine | undefined> {
      const name = revisionId === undefined ? newestKey(arn) : revisionKey(arn, revisionId);
      const known = revisions.get(name);
      if (known !== undefined) return known;
      const { text } = await readRow(name);
      const machine: StoredMachine | undefined = text === undefined ? undefined : JSON.parse(text);
      if (revisionId !== undefined && machine !== undefined) revisions.put(name, machine);
      return machine;
    },
    async machines({ limit, from }) {
      const [after = ''] = readPageToken('machines', from, ['']).map(String);
      return wholly(async () => {
        const range = keysUnder('newest');
        const found: Row[] = [];
        for await (const some of rows.range(PARTITION, { ...range, from: `${range.from}${after} ` })) {
          found.push(...some);
          if (found.length > limit) break;
        }
        const shown = found.slice(0, limit);
        const last = found.length > limit ? shown.at(-1) : undefined;
        return {
          items: await Promise.all(shown.map(async (row): Promise<StoredMachine> => JSON.parse(await blobs.text(row)))),
          next: last && pageToken('machines', [lastPart(last.key)]),
        };
      });
    },
    catalog,
  };
}

/** Kept in memory, so that a step of an execution reads no machine. */
const REVISIONS = 100;

function newestKept<T>(limit: number) {
  const kept = new Map<string, T>();
  return {
    get: (name: string) => kept.get(name),
    put(name: string, value: T): void {
      kept.set(name, value);
      const [oldest] = kept.keys();
      if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
    },
  };
}

/** Whose an ARN is, as `placeOf` has it of the item. */
const ownerOf: { readonly [Kind in CatalogKind]: (arn: string) => string } = {
  versions: (arn) => arn.slice(0, Math.max(0, arn.lastIndexOf(':'))),
  aliases: (arn) => arn.slice(0, Math.max(0, arn.lastIndexOf(':'))),
  activities: () => '',
  tags: (arn) => arn,
};
