import * as z from 'zod/mini';
import { isObject, own } from '../data/json.ts';
import { ApiError } from './api-error.ts';

/** Members that many operations have, with their limits. (API reference) */
export const fields = {
  arn: text(1, 256),
  /** Of a Map Run, which has several names in it. */
  longArn: text(1, 2000),
  name: text(1, 80),
  definition: text(1, 1_048_576),
  type: z.enum(['STANDARD', 'EXPRESS']),
  maxResults: z.int().check(z.gte(0), z.lte(1000)),
  nextToken: text(1, 1024),
  error: text(0, 256),
  cause: text(0, 32_768),
  description: text(0, 256),
  includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']),
};

export function text(shortest: number, longest: number) {
  return z.string().check(z.minLength(shortest), z.maxLength(longest));
}

/**
 * The members of a request that `shape` names; null counts as absent, further members are ignored.
 * @throws ApiError `ValidationException` in AWS's words; `SerializationException` for a value of another JSON type
 */
export function readFields<T extends z.ZodMiniType>(shape: T, request: unknown): z.output<T> {
  if (!isObject(request)) throw new ApiError('SerializationException', 'The request must be a JSON object');
  const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null));
  const result = shape.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => problemOf(issue, valueAt(given, issue.path)));
  const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
  throw new ApiError('ValidationException', `${count} detected: ${problems.join('; ')}`);
}

type Issue = z.core.$ZodIssue;

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const inner = Array.isArray(value) ? value[Number(name)] : isObject(value) ? own(value, String(name)) : undefined;
  return valueAt(inner, rest);
}

function problemOf(issue: Issue, value: unknown): string {
  const shown = value === undefined ? 'null' : `'${shortened(javaText(value, issue.path.at(-1)))}'`;
  const place = issue.path.map((name) => (typeof name === 'number' ? `${name + 1}.member` : String(name))).join('.');
  return `Value ${shown} at '${place}' failed to satisfy constraint: ${constraintOf(issue, value)}`;
}

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
      return `Member must satisfy regular expression pattern: ${issue.pattern?.slice(1, -1)}`;
    default:
      if (value === undefined) return 'Member must not be null';
      throw new ApiError(
        'SerializationException',
        `${issue.path.join('.')} has a value of another JSON type than it should have`,
      );
  }
}

/** AWS repeats the whole value; a definition or an input is cut. */
const shortened = (value: string): string => (value.length <= 4096 ? value : `${value.slice(0, 4096)}…`);
