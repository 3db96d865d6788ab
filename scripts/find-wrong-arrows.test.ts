import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findWrongArrows } from './find-wrong-arrows.ts';

describe('findWrongArrows', () => {
  let root: string;
  const write = async (file: string, source: string) => {
    await mkdir(join(root, dirname(file)), { recursive: true });
    await writeFile(join(root, file), source);
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'pointsman-imports-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('finds every seeded wrong arrow with its line and rule', async () => {
    await write('engine/data/json.ts', "// a comment\nimport type { Machine } from '../asl/machine.ts';\n");
    await write(
      'functions/judge/handler.ts',
      "import 'node:fs';\n\nconst a = await import('../../adapters/world.ts');\n",
    );
    await write(
      'cli/push.ts',
      "export * from '../engine/asl/machine.ts';\nexport { start } from '../engine/core/index.ts';\n",
    );
    await write('cli/show.mjs', 'await import(process.argv[2]);\n');

    expect(findWrongArrows(root).map(({ file, line, to, rule }) => [`${file}:${line}`, to, rule.slice(0, 30)])).toEqual(
      [
        ['cli/push.ts:2', 'engine/core/index.ts', 'cli imports engine/asl, engine'],
        ['cli/show.mjs:1', 'something computed', 'import(…) takes a written path'],
        ['engine/data/json.ts:2', 'engine/asl/machine.ts', 'engine/data imports nothing el'],
        ['functions/judge/handler.ts:3', 'adapters/world.ts', 'a step function imports functi'],
      ],
    );
  });

  it('lets everybody read package.json', async () => {
    await write('cli/version.ts', "import manifest from '../package.json' with { type: 'json' };");

    expect(findWrongArrows(root)).toEqual([]);
  });

  it('leaves alone what is installed or generated', async () => {
    await write('node_modules/a/engine/data/json.ts', "import '../asl/machine.ts';");
    await write('.pointsman/demo/engine/data/json.ts', "import '../asl/machine.ts';");

    expect(findWrongArrows(root)).toEqual([]);
  });
});
