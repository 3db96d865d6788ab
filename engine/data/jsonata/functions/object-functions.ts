import type { Run } from '../evaluator/frame.ts';
import { asSequence, isList } from '../evaluator/list.ts';
import { hasMembers, memberReader, setMember } from '../evaluator/members.ts';
import { allocate, allocateList, spend } from '../meter.ts';
import { native, type Natives } from './native.ts';

/** (JSONata, "Object functions"); `$each` and `$sift` are in higher-order-functions.ts. */
export const objectFunctions: Natives = {
  keys: native('<x-:a<s>>', 1, (run, value) => {
    const keys = keysOf(value, run);
    allocateList(run.meter, keys.length);
    return asSequence(keys);
  }),
  lookup: native('<x-s:x>', 2, (run, value, key: string) => memberReader(key)(value, run.meter)),
  spread: native('<x-:a<o>>', 1, spread),
  merge: native('<a<o>:o>', 1, merge),
};

/** Of an array the keys of all its items, each once; numbers first, as objects have them. */
function keysOf(value: unknown, run: Run): string[] {
  spend(run.meter, 1);
  if (hasMembers(value)) return Object.keys(value);
  if (!isList(value)) return [];
  const keys = {};
  for (const item of value)
    for (const key of keysOf(item, run)) {
      spend(run.meter, 1);
      setMember(keys, key, true);
    }
  return Object.keys(keys);
}

/** One object for each member. */
function spread(run: Run, value: unknown): unknown {
  spend(run.meter, 1);
  if (hasMembers(value)) return asSequence(membersOf(value, run));
  if (!isList(value)) return value;
  const result: unknown[] = [];
  for (const item of value) {
    const parts = spread(run, item);
    if (isList(parts)) for (const part of parts) result.push(part);
    else if (parts !== undefined) result.push(parts);
  }
  allocateList(run.meter, result.length);
  return value.length === 0 ? asSequence(result) : result;
}

function membersOf(value: Readonly<Record<string, unknown>>, run: Run): unknown[] {
  return Object.entries(value).map(([key, each]) => {
    allocate(run.meter, 64);
    const part = {};
    setMember(part, key, each);
    return part;
  });
}

/** Members of later objects replace those of earlier ones. */
function merge(run: Run, objects?: readonly object[]): unknown {
  if (objects === undefined) return undefined;
  const result = {};
  for (const object of objects)
    for (const [key, value] of Object.entries(object)) {
      allocate(run.meter, 32);
      spend(run.meter, 1);
      setMember(result, key, value);
    }
  return result;
}
