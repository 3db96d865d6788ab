import jsonata from 'jsonata';
import { JsonataFailure } from './failure.ts';

/** A node of the syntax tree as any walk may see it: its `type` and whatever else that type has. */
export interface SyntaxNode {
  readonly type?: string;
  readonly value?: unknown;
  readonly [part: string]: unknown;
}

/** What every node may carry besides its own parts. */
interface Extras {
  /** Filters after a node that is no step: `(a)[0]`. */
  readonly predicate?: readonly Stage[];
  /** Filters, and the places where `#` counts, after a step. */
  readonly stages?: readonly Stage[];
  readonly group?: Grouping;
  /** `a[]`. */
  readonly keepArray?: boolean;
  /** Of a step: what comes from it are tuples. */
  readonly tuple?: boolean;
  /** `@$focus`. */
  readonly focus?: string;
  /** `#$index`. */
  readonly index?: string;
  /** The name under which `%` finds the item this step started from. */
  readonly ancestor?: { readonly label: string };
  /** `[…]` as the first or last step. */
  readonly consarray?: boolean;
}

export interface Stage {
  readonly type: 'filter' | 'index';
  readonly expr: Node;
  readonly value: string;
}

/** `{key: value, …}` */
export interface Grouping {
  readonly lhs: readonly (readonly [key: Node, value: Node])[];
}

export interface SortTerm {
  readonly descending: boolean;
  readonly expression: Node;
}

export interface PathNode extends Extras {
  readonly type: 'path';
  readonly steps: readonly Node[];
  readonly keepSingletonArray?: boolean;
}
export interface SortNode extends Extras {
  readonly type: 'sort';
  readonly terms: readonly SortTerm[];
}
export interface CallNode extends Extras {
  readonly type: 'function' | 'partial';
  readonly procedure: Node;
  readonly arguments: readonly Node[];
}
export interface LambdaNode extends Extras {
  readonly type: 'lambda';
  readonly arguments: readonly { readonly value: string }[];
  readonly body: Node;
  readonly signature?: { readonly definition: string };
  /** A call in tail position: the body, which is a call, is made by whoever called the lambda around. */
  readonly thunk?: boolean;
}
export interface TransformNode extends Extras {
  readonly type: 'transform';
  readonly pattern: Node;
  readonly update: Node;
  readonly delete?: Node;
}

/** The tree as the parser of jsonata 2.0.6 gives it. */
export type Node =
  | PathNode
  | SortNode
  | CallNode
  | LambdaNode
  | TransformNode
  | (Extras & { readonly type: 'name'; readonly value: string })
  | (Extras & { readonly type: 'string' | 'number' | 'value'; readonly value: string | number | boolean | null })
  | (Extras & { readonly type: 'regex'; readonly value: RegExp })
  | (Extras & { readonly type: 'variable'; readonly value: string })
  | (Extras & { readonly type: 'wildcard' | 'descendant' })
  | (Extras & { readonly type: 'parent'; readonly slot: { readonly label: string } })
  | (Extras & { readonly type: 'operator'; readonly value: '?' })
  | (Extras & { readonly type: 'binary'; readonly value: string; readonly lhs: Node; readonly rhs: Node })
  | (Extras & { readonly type: 'apply'; readonly lhs: Node; readonly rhs: Node })
  | (Extras & { readonly type: 'bind'; readonly lhs: { readonly value: string }; readonly rhs: Node })
  | (Extras & { readonly type: 'unary'; readonly value: '-'; readonly expression: Node })
  | (Extras & { readonly type: 'unary'; readonly value: '['; readonly expressions: readonly Node[] })
  | (Extras & Grouping & { readonly type: 'unary'; readonly value: '{' })
  | (Extras & { readonly type: 'block'; readonly expressions: readonly Node[] })
  | (Extras & { readonly type: 'condition'; readonly condition: Node; readonly then: Node; readonly else?: Node });

/**
 * The one place that knows the library: its parser, which reads what AWS reads and refuses what AWS refuses, in the same words.
 * @throws JsonataFailure when the text is no JSONata
 */
export function parseExpression(text: string): Node {
  try {
    return jsonata(text).ast() as unknown as Node;
  } catch (thrown) {
    throw asFailure(thrown);
  }
}

/** The parser throws plain objects, and errors of JavaScript where it does not check. */
function asFailure(thrown: unknown): JsonataFailure {
  const code = property(thrown, 'code');
  const message = property(thrown, 'message');
  return new JsonataFailure(
    typeof code === 'string' ? code : undefined,
    typeof message === 'string' ? message : String(thrown),
  );
}

const property = (value: unknown, name: 'code' | 'message'): unknown =>
  typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
