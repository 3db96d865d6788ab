import { isObject, type Json, type JsonObject, own } from '../../engine/data/json.ts';
import { escapeRegExp } from './symbols.ts';

/** What the names of a recording stand for, as far as it was found: `<uuid:1>` is the same text throughout a case. */
export type Bindings = Map<string, string>;

/** Transport and billing, of which an engine knows nothing. */
const NOT_OURS = new Set(['SdkHttpMetadata', 'SdkResponseMetadata', 'billingDetails']);

/**
 * The first difference between a recorded and a normalised value as `path: reason`; undefined when they agree. Names met
 * for the first time are bound.
 */
export function mismatch(expected: Json, actual: Json, path: string, bound: Bindings): string | undefined {
  const spelled = typeof expected === 'object' && typeof actual === 'string' ? (spelledJson(actual) ?? actual) : actual;
  if (typeof expected === 'string' && typeof spelled === 'string') return textMismatch(expected, spelled, path, bound);
  if (typeof expected === 'string' && typeof spelled === 'number' && IS_NAME.test(expected))
    return textMismatch(expected, String(spelled), path, bound);
  if (Array.isArray(expected) && Array.isArray(spelled)) return listMismatch(expected, spelled, path, bound);
  if (isObject(expected) && isObject(spelled)) return objectMismatch(expected, spelled, path, bound);
  return expected === spelled ? undefined : differs(expected, spelled, path);
}

function textMismatch(expected: string, actual: string, path: string, bound: Bindings): string | undefined {
  if (expected === actual) return undefined;
  const [wanted, given] = [spelledJson(expected), spelledJson(actual)];
  if (wanted !== undefined && given !== undefined) return mismatch(wanted, given, path, bound);
  return bindNames(expected, actual, bound) ? undefined : differs(expected, actual, path);
}

function listMismatch(expected: readonly Json[], actual: readonly Json[], path: string, bound: Bindings) {
  const shared = expected.slice(0, actual.length);
  const difference = first(shared, (item, i) => mismatch(item, actual[i] ?? null, `${path}[${i}]`, bound));
  if (difference !== undefined || expected.length === actual.length) return difference;
  const next = shortened((expected.length > actual.length ? expected : actual)[shared.length]);
  const what = expected.length > actual.length ? `missing is ${next}` : `not expected is ${next}`;
  return `${path}: expected ${expected.length} items, got ${actual.length}; the first ${what}`;
}

function objectMismatch(expected: JsonObject, actual: JsonObject, path: string, bound: Bindings): string | undefined {
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return first([...keys], (key) => {
    if (NOT_OURS.has(key)) return undefined;
    const [wanted, given] = [own(expected, key), own(actual, key)];
    if (given === undefined) return `${path}.${key}: missing, expected ${shortened(wanted)}`;
    if (wanted === undefined) return `${path}.${key}: not expected, got ${shortened(given)}`;
    return mismatch(wanted, given, `${path}.${key}`, bound);
  });
}

function first<T>(items: readonly T[], look: (item: T, i: number) => string | undefined): string | undefined {
  for (const [i, item] of items.entries()) {
    const found = look(item, i);
    if (found !== undefined) return found;
  }
  return undefined;
}

const differs = (expected: Json, actual: Json, path: string): string =>
  `${path}: expected ${shortened(expected)}, got ${shortened(actual)}`;

function shortened(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 500 ? text : `${text.slice(0, 500)}…`;
}

function spelledJson(text: string): Json | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `<name:1>` and `<…idx>` are one text throughout a case; other names in angle brackets any text each time. */
const NAME = /(<<[\w-]+>:\d+>|<[\w.-]+(?::\d+)?>)/;
const IS_NAME = new RegExp(`^${NAME.source}$`);
const CONSTANT = /^<(region|partition)>$/;
const LASTING = /:\d+>$|idx>$/;

function bindNames(expected: string, actual: string, bound: Bindings): boolean {
  const names: string[] = [];
  const source = expected.split(NAME).map((part, i) => {
    if (i % 2 === 0 || CONSTANT.test(part)) return escapeRegExp(part);
    const known = bound.get(part);
    if (known !== undefined) return escapeRegExp(known);
    names.push(part);
    return '(.+?)';
  });
  const found = new RegExp(`^${source.join('')}$`, 's').exec(actual);
  if (found === null) return false;
  for (const [i, name] of names.entries()) if (LASTING.test(name)) bound.set(name, found[i + 1] ?? '');
  return true;
}
