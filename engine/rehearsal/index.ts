export { type Coverage, counted, coverageOf, type Reachable } from './coverage.ts';
export { judgeCase, mockProblems } from './judge-case.ts';
export { rehearse, type Rehearsal } from './rehearse.ts';
export type { Difference, Milestone } from './first-difference.ts';
export { replayHistory, type Replay } from './replay-history.ts';
export { expectationOf, type Played, type Sketch, sketchCases } from './sketch-cases.ts';
export { type Mock, readCase, type TestCase } from './test-case.ts';
