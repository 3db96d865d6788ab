import * as fc from 'fast-check';
import { isObject } from '../../engine/data/json.ts';
import { hostileNames } from './arbitrary-values.ts';

const oddValues = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  '$',
  '$..',
  '$.a[',
  '{% 1 %}',
  '{% (',
  '{% $x %}',
  [],
  {},
  [[]],
  'States.',
  'S1',
];

/** The texts of definitions of which up to three places were damaged: removed, replaced, renamed, or put there twice. */
export const mutated = (definitions: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc
    .tuple(
      definitions,
      fc.array(fc.record({ at: fc.nat(), how: fc.nat({ max: 4 }), odd: fc.nat() }), { minLength: 1, maxLength: 3 }),
    )
    .map(([definition, damages]) => {
      const copy: unknown = JSON.parse(JSON.stringify(definition));
      for (const damage of damages) apply(copy, damage);
      return JSON.stringify(copy);
    });

function apply(
  root: unknown,
  { at, how, odd }: { readonly at: number; readonly how: number; readonly odd: number },
): void {
  const places = placesOf(root);
  const place = places[at % places.length];
  if (place === undefined) return;
  const { holder, key } = place;
  const other = places[odd % places.length];
  if (how === 0) delete holder[key];
  else if (how === 1) holder[key] = oddValues[odd % oddValues.length];
  else if (how === 2 && other !== undefined) holder[key] = structuredClone(other.holder[other.key]);
  else if (how === 3) define(holder, hostileNames[odd % hostileNames.length] ?? '', holder[key]);
  else if (other !== undefined) define(holder, other.key, holder[key]);
}

/** Also for `__proto__`, which assignment would not make a member of. */
const define = (holder: Holder, key: string, value: unknown): void =>
  void (Array.isArray(holder)
    ? holder.push(value)
    : Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true }));

type Holder = Record<string, unknown>;

function placesOf(value: unknown): { readonly holder: Holder; readonly key: string }[] {
  if (!isHolder(value)) return [];
  return Object.keys(value).flatMap((key) => [{ holder: value, key }, ...placesOf(value[key])]);
}

const isHolder = (value: unknown): value is Holder => isObject(value) || Array.isArray(value);
