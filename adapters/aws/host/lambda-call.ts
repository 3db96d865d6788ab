/** What Lambda gives a handler beside the event. (Lambda developer guide, "Using the Lambda context object") */
export interface LambdaContext {
  readonly functionName?: string;
  readonly awsRequestId?: string;
  /** What a caller other than Step Functions may add to an invocation; `custom` in Node.js. */
  readonly clientContext?: { readonly custom?: unknown; readonly Custom?: unknown } | null | undefined;
  getRemainingTimeInMillis?(): number;
}

/** What is known about a call, for logs, and to recognise a repetition. */
export interface LambdaCall {
  readonly requestId: string;
  /** Root of the X-Ray trace: the same for all calls of an execution whose machine is traced. */
  readonly trace: string | undefined;
  /** ARN of the execution: of the caller's context, or in the input as `execution` or `owner`. */
  readonly execution: string | undefined;
  readonly state: string | undefined;
  readonly attempt: string | undefined;
  /** The task's key, the same for every repetition of an attempt; undefined when the caller sends none, as Step Functions. */
  readonly key: string | undefined;
}

/**
 * Step Functions passes a function its input and nothing about itself; a trace is all that every call has. Our own engine sends
 * `pointsman.key`, `.execution`, `.state` and `.attempt` in the client context.
 */
export function lambdaCall(event: unknown, context: LambdaContext, environment: NodeJS.ProcessEnv): LambdaCall {
  const sent = context.clientContext?.custom ?? context.clientContext?.Custom;
  const told = (name: string) => textIn(sent, `pointsman.${name}`);
  const inInput = [textIn(event, 'execution'), textIn(event, 'owner')].find((text) => isExecution(text));
  return {
    requestId: context.awsRequestId ?? 'unknown',
    trace: /Root=([^;]+)/.exec(environment['_X_AMZN_TRACE_ID'] ?? '')?.[1],
    execution: told('execution') ?? inInput,
    state: told('state'),
    attempt: told('attempt'),
    key: told('key'),
  };
}

const isExecution = (text: string | undefined): boolean => /^arn:[^:]+:states:[^:]*:[^:]*:execution:/.test(text ?? '');

function textIn(value: unknown, name: string): string | undefined {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return typeof found === 'string' && found !== '' ? found : undefined;
}
