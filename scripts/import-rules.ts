import { matchesGlob } from 'node:path';
import type { Import } from './list-imports.ts';

/** One arrow between two files of the project, as paths from the repository's root with `/`. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly kind: Import['kind'];
}

/** Files under one rule. Globs; `<own>` stands for the importing file's second folder: `shift-traffic`, `local`. */
interface Zone {
  readonly files: readonly string[];
  readonly may: readonly string[];
  /** Also these, with `import type`. */
  readonly mayAsType?: readonly string[];
  /** Also these, with `import(…)` only. */
  readonly mayWhenAsked?: readonly string[];
  /** The rule in words, as it is printed. */
  readonly rule: string;
}

const tests = ['**/*.test.ts', 'test/**'];

/** The import rules of docs/architecture.md. The first zone a file is in counts. */
const zones: readonly Zone[] = [
  { files: ['test/**', 'bench/**', 'workflows/**/*.test.ts', '*.ts'], may: ['**'], rule: 'may import everything' },
  {
    files: ['engine/data/**'],
    may: ['engine/data/**'],
    rule: 'engine/data imports nothing else of the project',
  },
  {
    files: ['engine/asl/**'],
    may: ['engine/data/**', 'engine/asl/**'],
    rule: 'engine/asl imports engine/data only',
  },
  {
    files: ['engine/core/**'],
    may: ['engine/data/**', 'engine/asl/**', 'engine/core/**'],
    rule: 'engine/core imports engine/asl and engine/data only',
  },
  {
    files: ['engine/runner/**'],
    may: ['engine/data/**', 'engine/asl/**', 'engine/core/**', 'engine/runner/**'],
    rule: 'engine/runner imports engine/core, engine/asl and engine/data only',
  },
  { files: ['engine/**'], may: ['engine/**'], rule: 'the engine imports nothing else of the project' },
  {
    files: ['functions/ports/**'],
    may: ['functions/ports/**', 'functions/step-failure.ts'],
    rule: 'functions/ports imports step-failure.ts only',
  },
  {
    files: ['functions/*/**'],
    may: ['functions/ports/**', 'functions/step-failure.ts', 'functions/step-function.ts', 'functions/<own>/**'],
    rule: 'a step function imports functions/ports, step-failure.ts, step-function.ts and its own folder only',
  },
  { files: ['functions/*'], may: ['functions/**'], rule: 'functions import nothing else of the project' },
  {
    files: ['adapters/*/host/**', 'adapters/*'],
    may: ['engine/**', 'functions/**', 'adapters/**'],
    rule: 'a host composes engine, functions and adapters only',
  },
  {
    files: ['adapters/shared/**'],
    may: ['adapters/shared/**', 'functions/step-failure.ts'],
    rule: 'adapters/shared knows the machine it runs on: it imports its own folder and step-failure.ts only',
  },
  {
    files: ['adapters/**'],
    may: [
      'functions/ports/**',
      'functions/step-failure.ts',
      'engine/runner/ports.ts',
      'engine/runner/page-token.ts', // in which every store writes the `next` of its listings
      'engine/runner/object-store.ts',
      'engine/data/**',
      'adapters/shared/**',
      'adapters/<own>/**',
    ],
    mayAsType: ['engine/asl/**', 'engine/core/**'],
    rule: 'an adapter imports port files, step-failure.ts, engine/data, engine types, adapters/shared and its own folder only',
  },
  {
    files: ['cli/start.ts'],
    may: ['cli/**', 'engine/asl/**', 'engine/data/**', 'engine/rehearsal/**'],
    mayAsType: ['functions/ports/**'],
    mayWhenAsked: ['adapters/local/host/run-host.ts'],
    rule: 'cli/start.ts imports what cli may, and adapters/local/host/run-host.ts by import() only',
  },
  {
    files: ['cli/commands/down.ts'],
    may: ['cli/**', 'engine/asl/**', 'engine/data/**'],
    mayAsType: ['functions/ports/**'],
    mayWhenAsked: ['adapters/local/host/end-data-folder.ts'],
    rule: 'cli/commands/down.ts imports what cli may, and adapters/local/host/end-data-folder.ts by import() only',
  },
  {
    files: ['cli/**'],
    may: ['cli/**', 'engine/asl/**', 'engine/data/**', 'engine/rehearsal/**'],
    mayAsType: ['functions/ports/**'],
    rule: 'cli imports engine/asl, engine/data, engine/rehearsal and types of functions/ports only, and talks to a host over HTTP',
  },
  {
    files: ['console/**'],
    may: ['console/**'],
    mayAsType: ['engine/api/**', 'functions/ports/**'],
    rule: 'console imports types of the API only',
  },
  {
    files: ['examples/**'],
    may: ['examples/<own>/**'],
    rule: 'an example stands alone: it uses the CLI and the API as anybody would',
  },
  { files: ['scripts/**'], may: ['scripts/**'], rule: 'scripts import nothing else of the project' },
];

/** The rule that an arrow breaks, in words; undefined when it is fine. Pure. */
export function brokenRule({ from, to, kind }: Arrow): string | undefined {
  const isTest = inside(from, tests);
  if (inside(to, ['test/**']) && !isTest) return 'only tests import test/';
  if (inside(to, ['bench/**']) && !inside(from, ['bench/**'])) return 'only bench/ imports bench/';
  const zone = zones.find(({ files }) => inside(from, files));
  if (zone === undefined) return 'this folder is in no zone of scripts/import-rules.ts';
  const own = from.split('/')[1] ?? '';
  const allowed = [
    ...zone.may,
    ...(isTest ? ['test/**', 'adapters/memory/**'] : []), // memory adapters are the test doubles
    ...(kind === 'type' ? (zone.mayAsType ?? []) : []),
    ...(kind === 'dynamic' ? (zone.mayWhenAsked ?? []) : []),
  ].map((glob) => glob.replace('<own>', own));
  return inside(to, allowed) ? undefined : zone.rule;
}

const inside = (path: string, globs: readonly string[]): boolean => globs.some((glob) => matchesGlob(path, glob));
