import type * as z from 'zod/mini';
import { isObject, own } from '../data/json.ts';
import { ApiError } from './api-error.ts';

type Issue = z.core.$ZodIssue;

/**
 * What a member of a request breaks, in AWS's words; `issue` is what its shape found.
 * @throws ApiError `SerializationException` for a value of another JSON type
 */
export function brokenConstraint(issue: Issue, request: unknown): string {
  const found = valueAt(request, issue.path);
  const inList = typeof issue.path.at(-1) === 'number' && typeof found === 'string';
  const path = inList ? issue.path.slice(0, -1) : issue.path;
  const value = inList ? valueAt(request, path) : found;
  const shown = value === undefined ? 'null' : `'${shortened(javaText(value, path.at(-1)))}'`;
  const place = path.map((name) => (typeof name === 'number' ? `${name + 1}.member` : String(name))).join('.');
  const subject = SENSITIVE.has(path.at(-1) ?? '') ? 'Value' : `Value ${shown}`;
  const constraint = inList ? TAG_KEYS : constraintOf(issue, value);
  return `${subject} at '${place}' failed to satisfy constraint: ${constraint}`;
}

/** Members whose values AWS does not repeat. (Service model, `sensitive`) */
const SENSITIVE = new Set<PropertyKey>([
  'cause',
  'context',
  'definition',
  'description',
  'error',
  'errorCausedByState',
  'input',
  'mapItemReaderData',
  'output',
  'result',
  'stateName',
  'variables',
  'versionDescription',
]);

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const inner = Array.isArray(value) ? value[Number(name)] : isObject(value) ? own(value, String(name)) : undefined;
  return valueAt(inner, rest);
}

/** Of the members of the one list of texts there is, AWS says all that they have to be. */
const TAG_KEYS =
  'Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]';

/** What AWS calls the members of a list when it shows one. */
const MEMBERS: Readonly<Record<string, string>> = { routingConfiguration: 'RoutingConfigurationListItem', tags: 'Tag' };

/** A value as Java prints it. */
function javaText(value: unknown, list?: PropertyKey): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map((item) => javaText(item, list)).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${name}=${javaText(member)}`);
  return `${own(MEMBERS, String(list)) ?? ''}(${members.join(', ')})`;
}

function constraintOf(issue: Issue, value: unknown): string {
  const measured = 'origin' in issue && (issue.origin === 'string' || issue.origin === 'array') ? 'length' : 'value';
  switch (issue.code) {
    case 'too_big':
      return `Member must have ${measured} less than or equal to ${issue.maximum}`;
    case 'too_small':
      return `Member must have ${measured} greater than or equal to ${issue.minimum}`;
    case 'invalid_value':
      return value === undefined
        ? 'Member must not be null'
        : `Member must satisfy enum value set: [${issue.values.join(', ')}]`;
    case 'invalid_format':
      return `Member must satisfy regular expression pattern: ${shownPattern(issue.pattern)}`;
    default:
      if (value === undefined) return 'Member must not be null';
      throw wrongType(issue, value);
  }
}

/** AWS repeats the whole value; a definition or an input is cut. */
const shortened = (value: string): string => (value.length <= 4096 ? value : `${value.slice(0, 4096)}…`);

/** A pattern as AWS's service model has it, which matches the whole value without saying so. */
const shownPattern = (pattern = ''): string => {
  const source = pattern.replace(/^\/(.*)\/u?$/s, '$1');
  return source.startsWith('^(') ? source : source.slice(1, -1);
};

/** A value of another JSON type, in the words of AWS's parser. */
function wrongType(issue: Issue, value: unknown): ApiError {
  const wanted = issue.code === 'invalid_type' ? issue.expected : undefined;
  return new ApiError('SerializationException', wrongTypeText(wanted, value));
}

function wrongTypeText(wanted: string | undefined, value: unknown): string {
  if (wanted === 'array' || wanted === 'object')
    return `Unexpected field type: a ${wanted === 'array' ? 'list' : 'structure'} is expected`;
  if (Array.isArray(value)) return 'Start of list found where not expected';
  if (isObject(value)) return 'Start of structure or map found where not expected.';
  const found =
    typeof value === 'boolean'
      ? `${String(value).toUpperCase()}_VALUE`
      : `${typeof value === 'number' ? 'NUMBER' : 'STRING'}_VALUE`;
  return `${found} can not be converted to ${JAVA_TYPES[wanted ?? ''] ?? 'the type that is expected'}`;
}

const JAVA_TYPES: Readonly<Record<string, string>> = {
  string: 'a String',
  int: 'an Integer',
  number: 'an Integer',
  boolean: 'a Boolean',
};
