import { type Token, tokenize } from './tokenize.ts';

/** One place where a source file names another module. */
export interface Import {
  /** As written: `../ports/leases.ts`, `node:fs`; undefined for `import(…)` of something computed. */
  readonly specifier: string | undefined;
  /** 1-based. */
  readonly line: number;
  readonly kind: 'static' | 'type' | 'dynamic';
}

/**
 * Every import, re-export, `import(…)` and `require(…)` of a JavaScript or TypeScript source, in order. Comments, strings
 * and regular expressions that only look like one are no imports. `import { type A }` counts as static, since the module
 * is loaded all the same; `import('x').A` in a type counts as dynamic, since its tokens are the same.
 */
export function listImports(source: string): Import[] {
  const tokens = tokenize(source);
  return tokens.flatMap((_, at) => importAt(tokens, at) ?? []);
}

function importAt(tokens: readonly Token[], at: number): Import | undefined {
  const token = tokens[at];
  const isProperty = tokens[at - 1]?.text === '.' || tokens[at + 1]?.text === ':';
  if (token?.kind !== 'word' || isProperty) return undefined;
  const { line } = token;
  const next = tokens[at + 1];
  if ((token.text === 'import' || token.text === 'require') && next?.text === '(') {
    const name = tokens[at + 2];
    if (token.text === 'require' && name?.kind !== 'string') return undefined; // some function of that name
    return { specifier: name?.kind === 'string' ? name.text : undefined, line, kind: 'dynamic' };
  }
  if (token.text !== 'import' && token.text !== 'export') return undefined;
  if (token.text === 'import' && next?.kind === 'string') return { specifier: next.text, line, kind: 'static' };

  const typed = next?.text === 'type' && !['from', ',', '='].includes(tokens[at + 2]?.text ?? '');
  const from = endOfClause(tokens, at + (typed ? 2 : 1), token.text);
  const name = tokens[from + 1];
  if (tokens[from]?.text !== 'from' || name?.kind !== 'string') return undefined;
  return { specifier: name.text, line, kind: typed ? 'type' : 'static' };
}

/** Index of what follows `a, { b as c }`, `* as d` or `{ e }`; an export has no default name before its braces. */
function endOfClause(tokens: readonly Token[], start: number, keyword: string): number {
  let at = start;
  if (keyword === 'import' && tokens[at]?.kind === 'word') at += tokens[at + 1]?.text === ',' ? 2 : 1;
  if (tokens[at]?.text === '*') return tokens[at + 1]?.text === 'as' ? at + 3 : at + 1;
  if (tokens[at]?.text !== '{') return at;
  const length = tokens.slice(at).findIndex(({ kind, text }) => kind === 'mark' && text === '}');
  return length === -1 ? tokens.length : at + length + 1;
}
