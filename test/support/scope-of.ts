import type { Scope } from '../../engine/data/evaluation.ts';
import { toEpochMs } from '../../engine/data/instant.ts';

/** A scope for evaluating expressions: at 2026-11-23T05:00:00.123Z, its dice always 0.25, its UUIDs all zeros. */
export const scopeOf = (parts: Partial<Scope> = {}): Scope => ({
  input: {},
  context: {},
  variables: {},
  now: toEpochMs(Date.UTC(2026, 10, 23, 5, 0, 0, 123)),
  random: { number: () => 0.25, uuid: () => '00000000-0000-4000-8000-000000000000' },
  ...parts,
});
