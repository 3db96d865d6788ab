/** What Step Functions allows ("Service quotas"): reaching one ends the execution with AWS's own error. */

/** UTF-8 bytes of an input, an output, a result or the variables of one Assign. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** UTF-8 bytes of a frame's variables. AWS counts those of the whole execution. */
export const MAX_VARIABLES_BYTES = 10_485_760;

/** Our own: UTF-8 bytes of what an inline Map may iterate over, which is about what the largest JSONata array takes. */
export const MAX_ITEMS_BYTES = 8_388_608;

/** Events of a Standard execution; the last of them is the `ExecutionFailed` that says so. */
export const MAX_HISTORY_EVENTS = 25_000;

/** Iterations of an inline Map that run side by side when `MaxConcurrency` is absent or 0. */
export const DEFAULT_MAP_CONCURRENCY = 40;

/** Executions of a distributed Map that run side by side when `MaxConcurrency` is absent or 0, or larger. */
export const MAX_CHILD_CONCURRENCY = 10_000;

/** A Map Run that was redriven so often fails its state. (Guide, "Redriving Map Runs") */
export const MAX_MAP_RUN_REDRIVES = 1_000;

/** Our own: executions of a distributed Map that one step starts before it asks for another turn. */
export const CHILDREN_PER_STEP = 100;

/** Longest Wait: AWS takes a moment 24,855 days ahead and refuses one of 24,856, the seconds of 31 bits. */
export const MAX_WAIT_SECONDS = 2_147_483_647;

/** `TimeoutSeconds` of a Task that has none. AWS waits about three years; no timer is worth arming for that. */
export const MAX_TIMEOUT_SECONDS = 99_999_999;

/** Our own: events one step may write before it asks for another turn, so that one execution never blocks the others. */
export const EVENTS_PER_STEP = 500;
