import { isObject } from '../../engine/data/json.ts';
import { type ServiceModel, type Shape, shapeOf } from './service-model.ts';

/** A request that breaks one limit of the service model, and the words of AWS's refusal. */
export interface BrokenRequest {
  readonly what: string;
  readonly request: object;
  readonly constraint: string;
}

/** A member of a request: where it is, what it has to be, and the request with another value there. */
interface Place {
  readonly path: string;
  readonly shape: Shape;
  with(value: unknown): object;
}

/** For every limit of every member of an operation's request, a request that breaks just that one. */
export function brokenRequests(model: ServiceModel, operation: string): readonly BrokenRequest[] {
  const input = model.operations[operation]?.input.shape ?? '';
  return placesIn(model, input, (value) => value).flatMap(breakEach);
}

/** The smallest value of a shape that keeps every limit; items of lists have all their members. */
function smallest(model: ServiceModel, name: string, isItem = false): unknown {
  const shape = shapeOf(model, name);
  switch (shape.type) {
    case 'structure': {
      const members = Object.entries(shape.members ?? {});
      const needed = members.filter(([member]) => isItem || shape.required?.includes(member) === true);
      return Object.fromEntries(needed.map(([member, { shape: of }]) => [member, smallest(model, of)]));
    }
    case 'list':
      return [smallest(model, shape.member?.shape ?? '', true)];
    case 'string':
      return shape.enum?.[0] ?? 'x'.repeat(shape.min ?? 0);
    case 'boolean':
      return false;
    default:
      return shape.min ?? 0;
  }
}

function placesIn(
  model: ServiceModel,
  name: string,
  put: (value: object) => object,
  path: readonly string[] = [],
): Place[] {
  const { members = {}, required = [] } = shapeOf(model, name);
  const base = smallest(model, name, path.at(-1) === 'member');
  const rest = isObject(base) ? base : {};
  return Object.entries(members).flatMap(([member, { shape }]) => {
    const here = [...path, member];
    const found = shapeOf(model, shape);
    const inside = (value: unknown) => put({ ...rest, [member]: value });
    const place = { path: here.join('.'), shape: found, with: inside };
    const missing = { ...place, shape: { ...found, type: 'missing' }, with: () => put(without(rest, member)) };
    const item = found.member?.shape;
    return [
      ...(required.includes(member) ? [missing] : []),
      place,
      ...(found.type === 'structure' ? placesIn(model, shape, inside, here) : []),
      ...(item !== undefined && shapeOf(model, item).type === 'structure'
        ? placesIn(model, item, (value) => inside([value]), [...here, '1', 'member'])
        : []),
    ];
  });
}

const without = (value: object, member: string) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== member));

function breakEach({ path, shape, with: put }: Place): BrokenRequest[] {
  const { type, min, max, pattern, sensitive = false } = shape;
  const said = (value: string | undefined, constraint: string) =>
    `Value ${sensitive ? '' : value === undefined ? 'null ' : `'${value}' `}at '${path}' failed to satisfy constraint: ${constraint}`;
  const broken = (what: string, value: string | number | readonly [] | undefined, constraint: string) => ({
    what: `${path} ${what}`,
    request: put(value),
    constraint: said(typeof value === 'object' ? '[]' : value?.toString(), constraint),
  });
  if (type === 'missing') return [broken('is missing', undefined, 'Member must not be null')];
  if (type === 'string') {
    const found = [
      ...(shape.enum === undefined
        ? []
        : [broken('is none of its values', 'x', 'Member must satisfy enum value set: ')]),
      ...(max === undefined
        ? []
        : [broken('is too long', 'x'.repeat(max + 1), `Member must have length less than or equal to ${max}`)]),
      ...(pattern === undefined
        ? []
        : [broken('has other characters', 'é', `Member must satisfy regular expression pattern: ${pattern}`)]),
    ];
    const hasMin = min !== undefined && min > 0 && pattern === undefined;
    return hasMin
      ? [...found, broken('is empty', '', `Member must have length greater than or equal to ${min}`)]
      : found;
  }
  if (['integer', 'long', 'float'].includes(type))
    return [
      ...(min === undefined
        ? []
        : [broken('is too small', min - 1, `Member must have value greater than or equal to ${min}`)]),
      ...(max === undefined
        ? []
        : [broken('is too large', max + 1, `Member must have value less than or equal to ${max}`)]),
    ];
  if (type === 'list' && min !== undefined && min > 0)
    return [broken('is empty', [], `Member must have length greater than or equal to ${min}`)];
  return [];
}
