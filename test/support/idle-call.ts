import type { Call } from '../../functions/step-function.ts';

/** A call that nobody aborts. */
export const idleCall: Call = { key: 'call-1', signal: new AbortController().signal };
