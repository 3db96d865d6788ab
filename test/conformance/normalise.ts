import type { Json } from '../../engine/data/json.ts';
import type { Transform } from './case.ts';
import { escapeRegExp, SYMBOL } from './symbols.ts';

/** A date-time that is one: `2016-13-05T21:29:29Z` is not, and stays as it is. */
const DATE_TIME =
  /[1-9]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-][01]\d:?([0-5]\d)?)/g;
const STARTS_AS_DATE_TIME = new RegExp(`^${DATE_TIME.source}`);
const DATES = /^(creation|start|stop|update|redrive)Date$/;

/**
 * An answer of ours, rewritten as the recorded answers were when they were recorded, in the same order. `value` may hold
 * the Dates of an SDK; `resolve` turns a symbol such as `${1.executionArn:-1}` into what it stands for.
 */
export function normalise(value: unknown, transforms: readonly Transform[], resolve: (symbol: string) => string): Json {
  const isParsed = transforms.some(([kind]) => kind === 'GenericTransformer');
  let rewritten = rewriteTimes(parseObjects(isParsed ? parseOutputs(value) : value));
  for (const [kind, path = '', replacement = '', where] of transforms)
    if (kind === 'jsonpath' && where === 'here')
      rewritten = replaceAt(rewritten, path.split(/\.+/).slice(1), replacement);
  let text = JSON.stringify(rewritten ?? null);
  for (const [kind, pattern = '', replacement = ''] of transforms) {
    if (kind !== 'regex') continue;
    const source = pattern.replace(SYMBOL, (symbol) => escapeRegExp(resolve(symbol)));
    text = text.replace(new RegExp(source, 'g'), () => replacement);
  }
  return JSON.parse(
    text.replaceAll('us-east-1', '<region>').replaceAll('arn:aws:', 'arn:<partition>:').replace(DATE_TIME, 'date'),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);

const mapMembers = (value: Record<string, unknown>, change: (member: unknown, key: string) => unknown) =>
  Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member, key)]));

/** A text that spells a JSON object becomes that object, once: texts inside it stay. Of a list, only objects are entered. */
function parseObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => (isRecord(item) ? parseObjects(item) : item));
  if (!isRecord(value)) return value;
  return mapMembers(value, (member) => {
    if (typeof member !== 'string' || !member.startsWith('{')) return parseObjects(member);
    try {
      return JSON.parse(member);
    } catch {
      return member;
    }
  });
}

/** Some recordings show every `output` as the value it spells. */
function parseOutputs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(parseOutputs);
  if (!isRecord(value)) return value;
  return mapMembers(value, (member, key) => {
    if (key !== 'output' || typeof member !== 'string') return parseOutputs(member);
    try {
      return JSON.parse(member);
    } catch {
      return member;
    }
  });
}

/** Under a key with "timestamp" stands `timestamp`, unless it is an ISO date-time; the SDK's other dates become `datetime`. */
function rewriteTimes(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => rewriteTimes(item));
  if (value instanceof Date) return /timestamp/i.test(key) ? 'timestamp' : 'datetime';
  if (/timestamp/i.test(key) && !isRecord(value) && !STARTS_AS_DATE_TIME.test(String(value))) return 'timestamp';
  if (DATES.test(key) && typeof value === 'number') return 'datetime';
  return isRecord(value) ? mapMembers(value, rewriteTimes) : value;
}

/** `$..a.b` as `['a', 'b']`: every b of an a, at any depth. */
function replaceAt(value: unknown, path: readonly string[], replacement: string): unknown {
  const [head, ...rest] = path;
  if (Array.isArray(value)) return value.map((item) => replaceAt(item, path, replacement));
  if (!isRecord(value)) return value;
  return mapMembers(value, (member, key) => {
    if (key !== head) return replaceAt(member, path, replacement);
    return rest.length > 0 ? replaceAt(member, rest, replacement) : replacement;
  });
}
