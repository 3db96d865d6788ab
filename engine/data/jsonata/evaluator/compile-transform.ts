import { failure } from '../failure.ts';
import { spend } from '../meter.ts';
import type { TransformNode } from '../syntax.ts';
import { apply, callable, isCallable } from './callable.ts';
import { compile } from './compile-node.ts';
import { type Code, type Frame, lookup } from './frame.ts';
import { isList } from './list.ts';
import { hasMembers, setMember } from './members.ts';
import { compileSignature } from './signature.ts';
import { areStrings } from './truth.ts';
import type { Unit } from './unit.ts';

/** `|pattern|update, delete|`: a function that gives a copy in which what the pattern finds is changed. */
export function compileTransform(node: TransformNode, unit: Unit): Code {
  const pattern = compile(node.pattern, unit);
  const update = compile(node.update, unit);
  const remove = node.delete === undefined ? undefined : compile(node.delete, unit);
  const signature = compileSignature('<(oa):o>');
  return (_, frame) =>
    callable(
      ([value]) => {
        if (value === undefined) return undefined;
        const clone = lookup(frame, 'clone', unit.native);
        if (!isCallable(clone)) throw failure('T2013');
        const copy = apply(clone, [value], null, frame.run);
        const found = pattern(copy, frame);
        for (const match of isList(found) ? found : found === undefined ? [] : [found]) {
          merge(match, update(match, frame), frame);
          if (remove !== undefined) removeMembers(match, remove(match, frame), frame);
        }
        return copy;
      },
      { arity: 1, signature },
    );
}

function merge(match: unknown, update: unknown, frame: Frame): void {
  if (update === undefined) return;
  if (!hasMembers(update)) throw failure('T2011', { value: update });
  if (!hasMembers(match)) return; // only objects have members to change
  for (const [name, value] of Object.entries(update)) {
    spend(frame.run.meter, 1);
    setMember(match, name, value);
  }
}

function removeMembers(match: unknown, names: unknown, frame: Frame): void {
  if (names === undefined) return;
  const list = isList(names) ? names : [names];
  if (!areStrings(list, frame.run.meter)) throw failure('T2012', { value: names });
  if (hasMembers(match)) for (const name of list) Reflect.deleteProperty(match, name);
}
