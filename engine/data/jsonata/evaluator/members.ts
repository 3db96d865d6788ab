import { allocateList, type Meter, spend } from '../meter.ts';
import { asSequence, isList } from './list.ts';

type Members = Readonly<Record<string, unknown>>;

/** True for an object of the data; arrays, functions and null have no members. */
export const hasMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * How to read the member of this name: of an object its value, of an array the values of all its items in one sequence.
 * Members that an object only inherits are not found.
 */
export function memberReader(name: string): (value: unknown, meter: Meter) => unknown {
  const inherited = name in Object.prototype;
  const read = (value: unknown, meter: Meter): unknown => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (isList(value)) return ofItems(value, read, meter);
    const members = value as Members;
    return inherited && !Object.hasOwn(members, name) ? undefined : members[name];
  };
  return read;
}

function ofItems(items: readonly unknown[], read: (value: unknown, meter: Meter) => unknown, meter: Meter): unknown {
  const found: unknown[] = [];
  spend(meter, 1 + items.length);
  for (const item of items) {
    const value = read(item, meter);
    if (value === undefined) continue;
    if (!isList(value)) found.push(value);
    else {
      allocateList(meter, found.length + value.length);
      for (const each of value) found.push(each);
    }
  }
  allocateList(meter, found.length);
  return asSequence(found);
}

/** Adds a member, `__proto__` too, which a plain assignment would take for the prototype. */
export function setMember(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

/** What `*` finds: every value, arrays without their brackets. */
export function everyValue(input: unknown, meter: Meter): unknown {
  const value = isList(input) && input.outerWrapper === true && input.length > 0 ? input[0] : input;
  const found: unknown[] = [];
  if (typeof value !== 'object' || value === null) return asSequence(found);
  let plain = false; // an array among the values makes a plain array of the result
  const values: readonly unknown[] = isList(value) ? value : Object.values(value);
  for (const each of values) {
    if (isList(each)) plain = true;
    collect(each, found, meter);
  }
  allocateList(meter, found.length);
  return plain ? found : asSequence(found);
}

/** Every value that is no array, whatever arrays it stands in. */
function collect(value: unknown, found: unknown[], meter: Meter): void {
  spend(meter, 1);
  if (isList(value)) for (const item of value) collect(item, found, meter);
  else found.push(value);
}

/** What `**` finds: the value and everything below it that is no array. */
export function everyDescendant(input: unknown, meter: Meter): unknown {
  if (input === undefined) return undefined;
  const found: unknown[] = [];
  descend(input, found, meter);
  allocateList(meter, found.length);
  return found.length === 1 ? found[0] : asSequence(found);
}

function descend(value: unknown, found: unknown[], meter: Meter): void {
  spend(meter, 1);
  if (!isList(value)) found.push(value);
  if (typeof value !== 'object' || value === null) return;
  const values: readonly unknown[] = isList(value) ? value : Object.values(value);
  for (const each of values) descend(each, found, meter);
}
