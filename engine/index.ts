// The interpreter as a library: read a definition, run it on a store, a dispatcher and a clock of your own, serve its API.
export { type Diagnostic, type Machine, readMachine, type Reading } from './asl/index.ts';
export { stepFunctionsApi, stepFunctionsOperations } from './api/index.ts';
export { start, step } from './core/index.ts';
export { createRunner, type RunnerOptions } from './runner/create-runner.ts';
export { memoryExecutionStore } from './runner/memory-execution-store.ts';
export type * from './runner/ports.ts';
export type { Runner } from './runner/runner.ts';
