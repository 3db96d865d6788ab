import { type Meter, spend } from '../meter.ts';
import { type Frame, newFrame } from './frame.ts';
import { gather, type Gathered } from './list.ts';

/** An item on its way through a path, under `@`, with the variables bound on the way under their names. */
export type Tuple = Record<string, unknown>;

export const isTuple = (value: unknown): value is Tuple => typeof value === 'object' && value !== null;

export const tupleOf = (item: unknown): Tuple => Object.assign(bare(), { '@': item });

/** A tuple with everything these hold, later ones first. No prototype: a variable may have any name. */
export const tupleFrom = (...tuples: readonly Tuple[]): Tuple => Object.assign(bare(), ...tuples);

const bare = (): Tuple => Object.create(null);

export const frameOfTuple = (outer: Frame, tuple: Tuple): Frame =>
  newFrame(outer, Object.keys(tuple), Object.values(tuple));

/** One tuple for a group of them: each variable has all their values. */
export function mergeTuples(tuples: readonly unknown[], meter: Meter): Tuple {
  const gathered = new Map<string, Gathered>();
  for (const tuple of tuples) {
    spend(meter, 1);
    for (const [name, value] of Object.entries(tuple ?? {})) {
      const values = gathered.get(name);
      if (values === undefined) gathered.set(name, gather(value));
      else values.add(value, meter);
    }
  }
  return tupleFrom(...gathered.entries().map(([name, { value }]) => ({ [name]: value })));
}
