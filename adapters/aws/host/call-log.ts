import type { LambdaCall } from './lambda-call.ts';

/** How a call ended. Its input and output are never logged: they may hold what only the workflow should know. */
export interface CallOutcome {
  readonly stage: string;
  readonly function: string;
  readonly call: LambdaCall;
  /** The first call of this process. */
  readonly isCold: boolean;
  readonly durationMs: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `repeated`: its outcome was known already. */
  readonly outcome: 'succeeded' | 'repeated' | 'failed';
  /** Of a failed call. */
  readonly error?: unknown;
  /** Texts that must not appear. */
  readonly secrets: Iterable<string>;
}

/**
 * The line of a call, JSON. That of a failure is a metric as well, in CloudWatch's embedded format: `Failures` in the namespace
 * `Pointsman`, by stage, and by stage and name of the error. How many calls there are, and how long they take, Lambda counts.
 */
export function callLine({
  stage,
  call,
  isCold,
  durationMs,
  at,
  outcome,
  error,
  secrets,
  ...names
}: CallOutcome): string {
  const { requestId, trace, execution, state, attempt } = call;
  const facts = {
    level: outcome === 'failed' ? 'error' : 'info',
    time: new Date(at).toISOString(),
    stage,
    function: names.function,
    outcome,
    durationMs: Math.round(durationMs * 10) / 10,
    requestId,
    trace,
    execution,
    state,
    attempt,
    ...(isCold && { isCold }),
  };
  const line = outcome === 'failed' ? { ...facts, ...failureOf(error), Failures: 1, _aws: metricAt(at) } : facts;
  let text = JSON.stringify(line);
  for (const secret of secrets) text = text.replaceAll(JSON.stringify(secret).slice(1, -1), '[secret]');
  return text;
}

const metricAt = (at: number) => ({
  Timestamp: at,
  CloudWatchMetrics: [
    {
      Namespace: 'Pointsman',
      Dimensions: [['stage'], ['stage', 'error']],
      Metrics: [{ Name: 'Failures', Unit: 'Count' }],
    },
  ],
});

const failureOf = (error: unknown) =>
  error instanceof Error
    ? {
        error: error.name,
        message: error.message,
        ...(error.name.startsWith('Pointsman.') ? {} : { stack: error.stack }),
      }
    : { error: typeof error, message: String(error) };
