import * as z from 'zod/mini';

// The part of Step Functions' answers that the command line reads; all other fields are kept as they came.

export const executionStatus = z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']);
export type ExecutionStatus = z.infer<typeof executionStatus>;

/** Seconds with a fraction on the wire, milliseconds from here on. */
const instant = z.pipe(
  z.number(),
  z.transform((seconds: number) => Math.round(seconds * 1000)),
);

const executionRow = z.looseObject({
  executionArn: z.string(),
  stateMachineArn: z.string(),
  name: z.string(),
  status: executionStatus,
  startDate: instant,
  stopDate: z.optional(instant),
});
/** A line of ListExecutions. */
export type ExecutionRow = z.infer<typeof executionRow>;

export const executionDetail = z.looseObject({
  ...executionRow.shape,
  /** JSON text. */
  input: z.optional(z.string()),
  /** JSON text. */
  output: z.optional(z.string()),
  error: z.optional(z.string()),
  cause: z.optional(z.string()),
});
/** DescribeExecution. */
export type ExecutionDetail = z.infer<typeof executionDetail>;

const historyEvent = z.looseObject({
  id: z.number(),
  previousEventId: z.optional(z.number()),
  timestamp: instant,
  type: z.string(),
});
/** An event of GetExecutionHistory; its details stand under the key that belongs to its type. */
export type HistoryEvent = z.infer<typeof historyEvent>;

export const executionPage = z.looseObject({ executions: z.array(executionRow), nextToken: z.optional(z.string()) });
export const historyPage = z.looseObject({ events: z.array(historyEvent), nextToken: z.optional(z.string()) });
export const machinePage = z.looseObject({
  stateMachines: z.array(z.looseObject({ name: z.string(), stateMachineArn: z.string() })),
  nextToken: z.optional(z.string()),
});
export const machineDetail = z.looseObject({ name: z.string(), definition: z.string() });
export const stopped = z.looseObject({ stopDate: instant });
