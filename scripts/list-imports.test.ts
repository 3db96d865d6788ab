import { describe, expect, it } from 'vitest';
import { listImports } from './list-imports.ts';

const specifiers = (source: string) => listImports(source).map(({ specifier }) => specifier);

describe('listImports', () => {
  it('finds every form of import with its line', () => {
    const source = `import './a.ts';
import b from './b.ts';
import b2, { type c, d as e } from "./c.ts";
import * as f from './d.ts';
import type { G } from './e.ts';
import {
  h,
} from './f.ts';
export * from './g.ts';
export * as i from './h.ts';
export { j } from './i.ts';
export type { K } from './j.ts';
const l = await import('./k.ts');
const m = import(\`./l.ts\`);
const n = require('./m.ts');
type O = import('./n.ts').O;`;

    expect(listImports(source).map(({ specifier, line, kind }) => `${line} ${kind} ${specifier}`)).toEqual([
      '1 static ./a.ts',
      '2 static ./b.ts',
      '3 static ./c.ts',
      '4 static ./d.ts',
      '5 type ./e.ts',
      '6 static ./f.ts',
      '9 static ./g.ts',
      '10 static ./h.ts',
      '11 static ./i.ts',
      '12 type ./j.ts',
      '13 dynamic ./k.ts',
      '14 dynamic ./l.ts',
      '15 dynamic ./m.ts',
      '16 dynamic ./n.ts',
    ]);
  });

  it('finds an import inside a template', () => {
    expect(specifiers('const a = `one ${`two ${await import("./a.ts")}`} three`; import "./b.ts";')).toEqual([
      './a.ts',
      './b.ts',
    ]);
  });

  it.each([
    ['a line comment', "// import './a.ts';"],
    ['a block comment', "/*\n import './a.ts'; */"],
    ['a string', `const a = "import './a.ts'";`],
    ['a string with an escaped quote', `const a = 'it\\'s'; const b = ' import "./a.ts" ';`],
    ['a template', "const a = `\nimport './a.ts';\n${b}\nimport './a.ts';`;"],
    ['a regular expression', `const a = /import '.\\/a.ts'[/"'\`]/g;`],
    ['a property', "a.import('./a.ts'); const b = { import: './a.ts' };"],
    ['an export of its own', "export { a, b };\nconst from = './a.ts';\nexport const c = './a.ts';"],
    ['import.meta', "const a = import.meta.resolve('./a.ts');"],
  ])('is not fooled by %s', (_, source) => {
    expect(specifiers(source)).toEqual([]);
  });

  it('goes on after a division and after a regular expression', () => {
    expect(specifiers("const a = b / c; import('./a.ts'); d(/'/); import('./b.ts') / 2;")).toEqual([
      './a.ts',
      './b.ts',
    ]);
  });

  it('names an import of something computed', () => {
    expect(listImports('await import(path)')).toEqual([{ specifier: undefined, line: 1, kind: 'dynamic' }]);
  });
});
