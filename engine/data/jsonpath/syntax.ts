import type { Json } from '../json.ts';
import type { TextPattern } from './text-pattern.ts';

/** What a path starts from. `@` stands only inside a filter. */
export type Root =
  | { readonly kind: 'input' | 'context' | 'item' }
  | { readonly kind: 'variable'; readonly name: string };

export interface PathSyntax {
  readonly root: Root;
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly kind: 'child'; readonly name: string }
  | { readonly kind: 'children'; readonly names: readonly string[] }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'filter'; readonly filter: Filter }
  /** `..`: the step after it is taken from every value below, and from the value itself. */
  | { readonly kind: 'descend' }
  | { readonly kind: 'function'; readonly name: string };

export type Filter =
  | { readonly kind: 'or' | 'and'; readonly filters: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'exists'; readonly path: PathSyntax }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: Operand; readonly right: Operand };

export type Operand =
  | { readonly kind: 'path'; readonly path: PathSyntax }
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'pattern'; readonly pattern: TextPattern };

/** True when the path names at most one place, so that it gives the value itself and not an array of what it finds. */
export const isDefinite = (steps: readonly Step[]): boolean =>
  steps.every(
    (step, at) =>
      step.kind === 'child' ||
      step.kind === 'index' ||
      step.kind === 'function' ||
      (step.kind === 'children' && at === steps.length - 1), // gathered in one object
  );

/** The path as Jayway's messages write it: `$['a'][0]`. */
export const bracketText = (steps: readonly Step[]): string =>
  `$${steps.map((step) => (step.kind === 'child' ? `['${step.name}']` : step.kind === 'index' ? `[${step.index}]` : '')).join('')}`;
