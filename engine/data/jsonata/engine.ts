import jsonata from 'jsonata';
import type { Randomness } from '../evaluation.ts';
import type { EpochMs } from '../instant.ts';
import { meter, type Limits, type MeteredNode } from './meter.ts';
import { ownFunctions, randomnessName } from './own-functions.ts';

/** A node of the syntax tree: its `type` and whatever else that type has. */
export interface SyntaxNode {
  readonly type?: string;
  readonly value?: unknown;
  readonly [part: string]: unknown;
}

/** A JSONata expression, ready to be run again and again. */
export interface Program {
  readonly syntax: SyntaxNode;
  /** The expression's raw result, undefined included. @throws JsonataFailure */
  run(surroundings: Surroundings): unknown;
}

export interface Surroundings {
  /** Variables by their names without `$`. */
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly now: EpochMs;
  readonly random: Randomness;
  readonly limits: Limits;
}

/** What JSONata threw: while parsing or while running. */
export class JsonataFailure extends Error {
  override readonly name = 'JsonataFailure';
  /** JSONata's own code, `T1006`; undefined where it has none. */
  readonly code: string | undefined;

  constructor(code: string | undefined, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The one place that knows the library: jsonata 1.8.9, which is synchronous and agrees with AWS's 2.0.6 in all but six cases of its suite.
 * @throws JsonataFailure when the text is no JSONata
 */
export function program(text: string): Program {
  const expression = guarded(() => jsonata(text));
  for (const { name, implementation, signature } of ownFunctions(builtin))
    expression.registerFunction(name, implementation, signature);
  const syntax: SyntaxNode = { ...expression.ast() };
  const callees = calleesOf(syntax);
  return {
    syntax,
    run: ({ bindings, now, random, limits }) =>
      guarded(() =>
        expression.evaluate(undefined, {
          eval: undefined, // hides the library's; AWS has no $eval
          ...bindings,
          [randomnessName]: random,
          ...meter(limits, callees, now),
        }),
      ),
  };
}

/** An implementation of the standard library, by its name. */
function builtin(name: string): (...args: readonly unknown[]) => unknown {
  const value: { readonly implementation: (...args: readonly unknown[]) => unknown } = jsonata(`$${name}`).evaluate(
    undefined,
  );
  return value.implementation;
}

/** Every node that stands where a function is called. */
function calleesOf(syntax: SyntaxNode): ReadonlySet<MeteredNode> {
  const found = new Set<MeteredNode>();
  const seen = new Set<unknown>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if ('procedure' in value && typeof value.procedure === 'object' && value.procedure !== null)
      found.add(value.procedure);
    Object.values(value).forEach(look);
  };
  look(syntax);
  return found;
}

/** JSONata throws plain objects, and errors of JavaScript where it does not check. */
function guarded<Value>(run: () => Value): Value {
  try {
    return run();
  } catch (thrown) {
    const code = property(thrown, 'code');
    const message = property(thrown, 'message');
    throw new JsonataFailure(
      typeof code === 'string' ? code : undefined,
      typeof message === 'string' ? message : String(thrown),
    );
  }
}

const property = (value: unknown, name: 'code' | 'message'): unknown =>
  typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
