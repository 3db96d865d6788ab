import type { JsonObject } from '../../../engine/data/json.ts';
import { Refused } from './fake-aws.ts';

type Attribute = { readonly S: string } | { readonly N: string };
type Item = Readonly<Record<string, Attribute>>;
type Put = { readonly Item: Item; readonly ConditionExpression?: string } & JsonObject;

/**
 * A model of a DynamoDB table with the text keys `pk` and `sk`: of what `dynamoTable` calls, and no more. Conditions it does not
 * know, sizes over 400 KB and empty keys are refused, as is a transaction that touches an item twice.
 */
export function fakeDynamo(): Readonly<Record<string, (input: JsonObject) => JsonObject>> {
  const items = new Map<string, Item>();

  function check({ Item, ConditionExpression: condition, ExpressionAttributeValues: values }: Put): string {
    const found = items.get(keyOf(Item));
    if (condition === undefined) return 'None';
    if (condition === 'attribute_not_exists(pk)') return found === undefined ? 'None' : 'ConditionalCheckFailed';
    if (condition !== 'revision = :revision')
      throw new Refused('ValidationException', `this model does not know the condition ${condition}`);
    const wanted = (values as Readonly<Record<string, Attribute>>)[':revision'];
    return JSON.stringify(found?.['revision']) === JSON.stringify(wanted) ? 'None' : 'ConditionalCheckFailed';
  }

  return {
    'DynamoDB_20120810.GetItem': ({ Key }) => {
      const Item = items.get(keyOf(Key as Item));
      return Item === undefined ? {} : { Item };
    },
    'DynamoDB_20120810.PutItem': (put) => {
      if (check(put as Put) !== 'None')
        throw new Refused('ConditionalCheckFailedException', 'The conditional request failed');
      items.set(keyOf((put as Put).Item), sized((put as Put).Item));
      return {};
    },
    'DynamoDB_20120810.DeleteItem': ({ Key }) => {
      items.delete(keyOf(Key as Item));
      return {};
    },
    'DynamoDB_20120810.TransactWriteItems': ({ TransactItems }) => {
      const writes = TransactItems as unknown as readonly {
        readonly Put?: Put;
        readonly Delete?: { readonly Key: Item };
      }[];
      const keys = writes.map(({ Put, Delete }) => keyOf((Put?.Item ?? Delete?.Key) as Item));
      if (new Set(keys).size < keys.length)
        throw new Refused('ValidationException', 'Transaction request cannot include multiple operations on one item');
      const codes = writes.map(({ Put }) => (Put === undefined ? 'None' : check(Put)));
      if (codes.some((code) => code !== 'None'))
        throw new Refused('TransactionCanceledException', `Transaction cancelled [${codes.join(', ')}]`, {
          CancellationReasons: codes.map((Code) => ({ Code })),
        });
      for (const { Put, Delete } of writes)
        if (Put !== undefined) items.set(keyOf(Put.Item), sized(Put.Item));
        else if (Delete !== undefined) items.delete(keyOf(Delete.Key));
      return {};
    },
    'DynamoDB_20120810.Query': (query) => {
      const { ExpressionAttributeValues, ScanIndexForward, Limit, ExclusiveStartKey, KeyConditionExpression } = query;
      if (KeyConditionExpression !== 'pk = :pk')
        throw new Refused('ValidationException', 'this model reads partitions');
      const partition = textOf((ExpressionAttributeValues as Item)[':pk']);
      const order = ScanIndexForward === false ? -1 : 1;
      const all = [...items.values()]
        .filter(({ pk }) => textOf(pk) === partition)
        .toSorted((a, b) => (textOf(a['sk']) < textOf(b['sk']) ? -order : order));
      const from =
        ExclusiveStartKey === undefined
          ? 0
          : 1 + all.findIndex((item) => keyOf(item) === keyOf(ExclusiveStartKey as Item));
      const page = all.slice(from, from + Math.min(Number(Limit ?? PAGE), PAGE));
      const last = page.at(-1);
      const isEnd = last === undefined || last === all.at(-1);
      return { Items: page, ...(!isEnd && { LastEvaluatedKey: { pk: last['pk'], sk: last['sk'] } }) } as JsonObject;
    },
  };
}

/** Small, so that whoever reads a partition has to follow pages. */
const PAGE = 2;

const textOf = (attribute: Attribute | undefined): string =>
  attribute !== undefined && 'S' in attribute ? attribute.S : '';

function keyOf(item: Item): string {
  const key = [textOf(item['pk']), textOf(item['sk'])];
  if (key.includes('')) throw new Refused('ValidationException', 'pk and sk are texts, and not empty');
  return JSON.stringify(key);
}

function sized(item: Item): Item {
  if (JSON.stringify(item).length > 400 * 1024)
    throw new Refused('ValidationException', 'Item size has exceeded the maximum allowed size');
  return item;
}
