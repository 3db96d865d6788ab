import { isObject, own, type Json, type JsonObject } from '../data/json.ts';
import type { QueryLanguage } from './machine.ts';

/**
 * The variables that states refer to, by state name, in the order they appear: `variableReferences` of
 * DescribeStateMachine. A state that refers to none is left out. `definition` was read before and has no errors.
 */
export function variableReferences(definition: string): Readonly<Record<string, readonly string[]>> {
  const machine: unknown = JSON.parse(definition);
  return isObject(machine) ? Object.fromEntries(inScope(machine, languageOf(machine, 'JSONPath'))) : {};
}

type Found = readonly [state: string, variables: readonly string[]];

function inScope(scope: JsonObject, machineLanguage: QueryLanguage): Found[] {
  return Object.entries(objectIn(scope, 'States')).flatMap(([name, state]) => {
    if (!isObject(state)) return [];
    const language = languageOf(state, machineLanguage);
    const found = [...new Set(inFields(state, language))];
    const branches = own(state, 'Branches');
    const inner = [
      ...(Array.isArray(branches) ? branches : []),
      objectIn(state, 'ItemProcessor'),
      objectIn(state, 'Iterator'),
    ];
    const below = inner.flatMap((each) => (isObject(each) ? inScope(each, machineLanguage) : []));
    const here: Found[] = found.length === 0 ? [] : [[name, found]];
    return [...here, ...below];
  });
}

/** Fields that hold states of their own, or text that is never evaluated. */
const OTHER = new Set(['Branches', 'ItemProcessor', 'Iterator', 'Comment', 'Result', 'Next', 'Default', 'ErrorEquals']);

function inFields(fields: JsonObject, language: QueryLanguage): string[] {
  return Object.entries(fields).flatMap(([field, value]) => {
    if (OTHER.has(field)) return [];
    return typeof value === 'string' ? inText(field, value, language) : inValue(value, language);
  });
}

function inValue(value: Json, language: QueryLanguage): string[] {
  if (Array.isArray(value))
    return value.flatMap((item) => (typeof item === 'string' ? inText('', item, language) : inValue(item, language)));
  return isObject(value) ? inFields(value, language) : [];
}

function inText(field: string, text: string, language: QueryLanguage): string[] {
  if (language === 'JSONata') return /^\{%.*%\}$/s.test(text) ? inJsonata(text.slice(2, -2)) : [];
  const isPath = field.endsWith('.$') || field.endsWith('Path') || field === 'Variable';
  return isPath ? namesIn(text.replaceAll(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/g, "''")) : [];
}

/** Names of the expression itself, parameters and those after which a call follows, are no variables of the machine. */
function inJsonata(source: string): string[] {
  const code = source.replaceAll(/\/\*.*?\*\/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`/gs, "''");
  const bound = [...code.matchAll(/\$([\p{L}_][\p{L}\p{N}_]*)\s*:=/gu)].map(([, name]) => name);
  const parameters = [...code.matchAll(/(?:function|λ)\s*\(([^)]*)\)/g)].flatMap(([, list]) => namesIn(list ?? ''));
  const own = new Set([...bound, ...parameters, ...STANDARD]);
  return namesIn(code.replaceAll(/\$[\p{L}_][\p{L}\p{N}_]*(?=\s*\()/gu, '')).filter((name) => !own.has(name));
}

/** `$name`, not `$`, `$.` or `$$`. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\p{L}\p{N}_$])\$([\p{L}_][\p{L}\p{N}_]*)/gu)].flatMap(([, name]) => name ?? []);

/** What `$name` finds without a variable: `$states`, and functions, which may be given to functions. */
const STANDARD = (
  'states abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl ' +
  'decodeUrlComponent distinct each encodeUrl encodeUrlComponent error exists filter floor formatBase formatInteger ' +
  'formatNumber fromMillis hash join keys length lookup lowercase map match max merge millis min not now number pad ' +
  'parse parseInteger partition power random range reduce replace reverse round shuffle sift single sort split spread ' +
  'sqrt string substring substringAfter substringBefore sum toMillis trim type uppercase uuid zip'
).split(' ');

function objectIn(fields: JsonObject, name: string): JsonObject {
  const value = own(fields, name);
  return isObject(value) ? value : {};
}

function languageOf(fields: JsonObject, fallback: QueryLanguage): QueryLanguage {
  const language = own(fields, 'QueryLanguage');
  return language === 'JSONata' || language === 'JSONPath' ? language : fallback;
}
