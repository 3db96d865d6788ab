import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that start hosts, routers and instances. */
const processes = ['test/e2e/**/*.test.ts', 'adapters/local/**/*.test.ts', 'examples/**/*.test.ts'];
/** Tests that run database servers, or play deaths by the hundred. */
const servers = [
  'adapters/{postgres,redis,aws,azure,gcp}/**/*.test.ts',
  'test/{chaos,contracts}/**/*.test.ts',
  'test/hosts/{aws,azure,gcp}/**/*.test.ts',
];

/**
 * Three groups, one after the other: tests of real processes wait for outcomes, and must not wait because a database next to
 * them is being made. A time limit only ends what hangs.
 */
const group = (
  name: string,
  groupOrder: number,
  include: string[],
  exclude: string[],
  testTimeout: number,
  maxWorkers?: number,
) => ({
  test: {
    name,
    ...(maxWorkers !== undefined && { maxWorkers }),
    globalSetup: 'test/support/template-folder.ts',
    include,
    exclude: ['node_modules/**', '.pointsman/**', ...exclude],
    testTimeout,
    hookTimeout: testTimeout,
    pool: 'forks' as const,
    sequence: { groupOrder },
  },
});

export default defineConfig({
  test: {
    projects: [
      group('in process', 0, ['**/*.test.ts'], [...processes, ...servers], 60_000),
      group('processes', 1, processes, [], 90_000),
      // They wait for servers more than they compute.
      group('servers', 2, servers, [], 180_000, availableParallelism() + 1),
    ],
  },
});
