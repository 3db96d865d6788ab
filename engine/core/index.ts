export type * from './execution.ts';
export type * from './history.ts';
export { applyFrames, joinSteps } from './join-steps.ts';
export { MAX_PAYLOAD_BYTES } from './limits.ts';
export { changedNothing, start, step } from './step.ts';
export { taskEffect } from './stop-children.ts';
export { readToken, type TokenPlace } from './task-token.ts';
