import { describe, expect, it } from 'vitest';
import { problemsOf } from './reading-in-tests.ts';

const branch = (name: string, variable: string) => ({
  StartAt: name,
  States: { [name]: { Type: 'Pass', Assign: { [variable]: 1 }, End: true } },
});
const parallel = (...branches: object[]) => ({
  StartAt: 'A',
  States: { A: { Type: 'Parallel', Branches: branches, Assign: { 'outer.$': '$' }, End: true } },
});

describe('the variables of a branch', () => {
  it('may not have the name of one assigned outside', () => {
    expect(problemsOf(parallel(branch('B', 'outer')))).toEqual([
      "SCHEMA_VALIDATION_FAILED: The variable name 'outer' was already defined in a parent scope. at /States/A/Branches[0]/States/B/Assign",
    ]);
  });

  it('may have the name of one in another branch', () => {
    expect(problemsOf(parallel(branch('B', 'inner'), branch('C', 'inner')))).toEqual([]);
  });
});
