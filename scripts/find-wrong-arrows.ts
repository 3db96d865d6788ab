import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { brokenRule } from './import-rules.ts';
import { listImports } from './list-imports.ts';

/** An import that breaks a rule. */
interface WrongArrow {
  /** Path from the repository's root. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** What is imported: a path from the root, or what was written when it is no path. */
  readonly to: string;
  readonly rule: string;
}

const sources = '**/*.{ts,mts,cts,js,mjs,cjs}';
const notOurs = ['node_modules', '.git', '.pointsman', '.serverless', '.esbuild', 'build', 'coverage'];

/** Every import below `root` that breaks a rule of import-rules.ts, by file and line. Packages and `node:` are free. */
export function findWrongArrows(root: string): WrongArrow[] {
  const files = globSync(sources, { cwd: root, exclude: (name) => notOurs.includes(name) });
  return files.sort().flatMap((file) => wrongArrowsOf(file, readFileSync(join(root, file), 'utf8')));
}

function wrongArrowsOf(file: string, source: string): WrongArrow[] {
  return listImports(source).flatMap(({ specifier, line, kind }) => {
    if (specifier === undefined)
      return [
        { file, line, to: 'something computed', rule: 'import(…) takes a written path, so that it can be checked' },
      ];
    const to = targetOf(file, specifier);
    const rule = to === undefined ? undefined : brokenRule({ from: file, to, kind });
    return to === undefined || rule === undefined ? [] : [{ file, line, to, rule }];
  });
}

/** The file of the project that is imported; undefined for a package, a module of Node, or data. */
function targetOf(file: string, specifier: string): string | undefined {
  const isSource = specifier.startsWith('.') && !specifier.endsWith('.json'); // package.json belongs to all
  return isSource ? posix.join(posix.dirname(file), specifier) : undefined;
}
