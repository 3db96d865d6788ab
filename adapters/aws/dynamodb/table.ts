import { setTimeout as pause } from 'node:timers/promises';
import type { Json, JsonObject } from '../../../engine/data/json.ts';
import { type AwsJson, textIn } from '../aws-json.ts';
import { AwsRefusal } from '../aws-refusal.ts';

/** An item's attributes beside its key. Whatever is deeper than text and numbers is kept as JSON text. */
export type Attributes = Readonly<Record<string, string | number>>;

export interface Key {
  /** Partition: what is read together. */
  readonly pk: string;
  /** Order within the partition. */
  readonly sk: string;
}

/** A write of a transaction. */
export type Write =
  /** Refused where the item's attribute `unless` is there (`pk`: the item itself), or is not as `where` says. */
  | { readonly kind: 'put'; readonly key: Key; readonly item: Attributes; readonly condition?: PutCondition }
  | { readonly kind: 'delete'; readonly key: Key };

export type PutCondition = { readonly kind: 'absent' } | { readonly kind: 'revision'; readonly is: number };

/**
 * One DynamoDB table with the text keys `pk` and `sk`, and `expiresAtSeconds` as its time to live. Reads are consistent.
 * (DynamoDB developer guide, "Working with items", "Transactions")
 */
export interface Table {
  get(key: Key): Promise<Attributes | undefined>;
  /** Of a partition by `sk`; `newestFirst` from its end. */
  query(
    pk: string,
    options?: { readonly newestFirst?: boolean; readonly limit?: number },
  ): Promise<readonly Attributes[]>;
  remove(key: Key): Promise<void>;
  /** All writes or none; false when a condition did not hold. */
  write(...writes: readonly Write[]): Promise<boolean>;
  /**
   * Reads the item, decides, and writes what was decided unless another writer came between; then it reads and decides again.
   * Deciding on undefined writes nothing. Gives what was decided.
   */
  change<A extends Attributes>(
    key: Key,
    decide: (found: Attributes | undefined) => A | undefined,
  ): Promise<A | undefined>;
}

/** Writers that come between before `change` gives up; each of them got its turn. */
const TURNS = 50;
/** Other transactions on the same items before `write` gives up. */
const CONFLICTS = 6;

export function dynamoTable(call: AwsJson, TableName: string): Table {
  const get: Table['get'] = async ({ pk, sk }) => {
    const { Item } = await call('GetItem', { TableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true });
    return Item === undefined ? undefined : attributesOf(Item);
  };

  const write: Table['write'] = async (...writes) => {
    const [only] = writes;
    for (let turn = 1; ; turn++)
      try {
        if (writes.length === 1 && only?.kind === 'put') await call('PutItem', { TableName, ...putOf(only) });
        else await call('TransactWriteItems', { TransactItems: writes.map((each) => transactItem(TableName, each)) });
        return true;
      } catch (thrown) {
        const reasons = reasonsOf(thrown);
        if (reasons.includes('ConditionalCheckFailed')) return false;
        if (!reasons.includes('TransactionConflict') || turn === CONFLICTS) throw thrown;
        await pause(Math.random() * 20 * 2 ** turn);
      }
  };

  return {
    get,
    write,

    async query(pk, { newestFirst = false, limit = Number.POSITIVE_INFINITY } = {}) {
      const found: Attributes[] = [];
      let from: Json | undefined;
      do {
        const page: JsonObject = await call('Query', {
          TableName,
          ConsistentRead: true,
          ScanIndexForward: !newestFirst,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk } },
          ...(Number.isFinite(limit) && { Limit: Math.max(1, limit - found.length) }),
          ...(from !== undefined && { ExclusiveStartKey: from }),
        });
        found.push(...(page['Items'] as readonly Json[]).map(attributesOf));
        from = page['LastEvaluatedKey'];
      } while (from !== undefined && found.length < limit);
      return found.slice(0, limit);
    },

    async remove({ pk, sk }) {
      await call('DeleteItem', { TableName, Key: { pk: { S: pk }, sk: { S: sk } } });
    },

    async change<A extends Attributes>(key: Key, decide: (found: Attributes | undefined) => A | undefined) {
      for (let turn = 0; turn < TURNS; turn++) {
        const found = await get(key);
        const decided = decide(found);
        if (decided === undefined) return undefined;
        const revision = Number(found?.['revision'] ?? 0);
        const condition: PutCondition = found === undefined ? { kind: 'absent' } : { kind: 'revision', is: revision };
        const item = { ...decided, revision: revision + 1 };
        if (await write({ kind: 'put', key, item, condition })) return decided;
      }
      throw new Error(`${key.pk}: ${TURNS} others changed it first; try again when fewer do`);
    },
  };
}

function putOf({ key, item, condition }: Extract<Write, { kind: 'put' }>): JsonObject {
  const Item = Object.fromEntries(
    Object.entries({ ...item, ...key }).map(([name, value]) => [
      name,
      typeof value === 'string' ? { S: value } : { N: String(value) },
    ]),
  );
  if (condition === undefined) return { Item };
  if (condition.kind === 'absent') return { Item, ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    Item,
    ConditionExpression: 'revision = :revision',
    ExpressionAttributeValues: { ':revision': { N: String(condition.is) } },
  };
}

const transactItem = (TableName: string, write: Write): JsonObject =>
  write.kind === 'put'
    ? { Put: { TableName, ...putOf(write) } }
    : { Delete: { TableName, Key: { pk: { S: write.key.pk }, sk: { S: write.key.sk } } } };

/** Why a write was refused, one word for each item of a transaction. */
function reasonsOf(thrown: unknown): readonly string[] {
  if (!(thrown instanceof AwsRefusal)) return [];
  if (thrown.name === 'ConditionalCheckFailedException') return ['ConditionalCheckFailed'];
  if (thrown.name === 'TransactionConflictException') return ['TransactionConflict'];
  const reasons = thrown.answer['CancellationReasons'];
  return Array.isArray(reasons) ? reasons.map((reason) => textIn(reason as JsonObject, 'Code')) : [];
}

function attributesOf(item: Json): Attributes {
  return Object.fromEntries(
    Object.entries(item as Record<string, { readonly S?: string; readonly N?: string }>).flatMap(([name, { S, N }]) =>
      name === 'pk' ? [] : [[name, S ?? Number(N)]],
    ),
  );
}
