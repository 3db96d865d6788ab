// oxlint-disable-next-line import/no-named-as-default -- its types know only this one
import middy from '@middy/core';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { StepFunction } from '../../../functions/step-function.ts';
import { callLine } from './call-log.ts';
import { type LambdaCall, lambdaCall, type LambdaContext } from './lambda-call.ts';
import { createLambdaHost, type LambdaHost, type LambdaHostOptions } from './lambda-host.ts';
import { type RememberedCalls, rememberedCalls } from './remembered-calls.ts';

/** What Lambda calls. It rejects with an error whose name Step Functions compares in `ErrorEquals`. */
export type LambdaHandler = (event: unknown, context: LambdaContext) => Promise<unknown>;

/** How each port is opened, when the first call asks. */
export type Openers<Ports> = {
  readonly [Name in keyof Ports]: (host: LambdaHost) => Ports[Name] | Promise<Ports[Name]>;
};

/** Time to answer and to log before Lambda ends a function that hangs. */
const TO_ANSWER_MS = 500;
/** When Lambda does not tell how long a call may take. */
const USUAL_MS = 30_000;

/** What middlewares know of a call. */
interface Known extends Record<string, unknown> {
  call: LambdaCall;
  startedAt: number;
  claimed: boolean;
  repeated: boolean;
}

/** Middy's own types need packages that Lambda does not. */
interface MiddyRequest {
  event: unknown;
  readonly context: LambdaContext;
  readonly internal: Known;
  readonly response?: unknown;
  readonly error?: unknown;
}

/**
 * A step function behind Middy: a line and, for a failure, a metric of each call; its `read` before it runs; and for callers
 * that send the task's key, one outcome for all repetitions of an attempt. Ports and configuration are opened once in a process;
 * what could not be opened is tried again with the next call.
 */
export function lambdaHandler<Input, Output, Ports>(
  step: StepFunction<Input, Output, Ports>,
  openers: Openers<Ports>,
  options: LambdaHostOptions = {},
): LambdaHandler {
  const host = createLambdaHost(options);
  const { environment, clock, log } = host;
  let isCold = true;
  const remembered = (): RememberedCalls => rememberedCalls(host.table(), step.name);

  const ended = async ({ internal, error }: MiddyRequest) => {
    const { call, startedAt, claimed, repeated } = internal;
    const at = clock.now();
    log(
      callLine({
        stage: environment['POINTSMAN_STAGE'] ?? 'unknown',
        function: step.name,
        call,
        isCold,
        durationMs: at - startedAt,
        at,
        outcome: error ? 'failed' : repeated ? 'repeated' : 'succeeded',
        error,
        secrets: host.secrets(),
      }),
    );
    isCold = false;
    if (claimed && error && call.key !== undefined) await remembered().failed(call.key);
  };

  const handler = middy<unknown, unknown, Error, never, Known>({
    timeoutEarlyInMillis: TO_ANSWER_MS,
    timeoutEarlyResponse: () => {
      throw new StepFailure('Pointsman.TimedOut', `${step.name} has used up its time without an answer`);
    },
    requestStart(request: MiddyRequest) {
      const known = request.internal;
      known.call = lambdaCall(request.event, request.context, environment);
      known.startedAt = clock.now();
    },
    requestEnd: (request: MiddyRequest) => ended(request),
  });

  return handler
    .before((request: MiddyRequest) => {
      request.event = step.read(request.event);
    })
    .before(async ({ context, internal }: MiddyRequest) => {
      const { key } = internal.call;
      if (key === undefined) return undefined;
      const withinMs = context.getRemainingTimeInMillis?.() ?? USUAL_MS;
      const claim = await remembered().claim(key, clock.now(), withinMs);
      internal.claimed = claim.kind === 'run';
      internal.repeated = claim.kind === 'done';
      return claim.kind === 'done' ? claim.output : undefined;
    })
    .after(async ({ internal, response }: MiddyRequest) => {
      const { call, claimed } = internal;
      if (claimed && call.key !== undefined) await remembered().succeeded(call.key, clock.now(), response);
    })
    .handler(async (input: unknown, context: LambdaContext, { signal }: { readonly signal: AbortSignal }) => {
      const { key } = lambdaCall(undefined, context, environment);
      const ports = await host.once('ports', () => opened(openers, host));
      return step.run(input as Input, ports, { key: key ?? context.awsRequestId ?? 'unknown', signal });
    }) as unknown as LambdaHandler;
}

async function opened<Ports>(openers: Openers<Ports>, host: LambdaHost): Promise<Ports> {
  const ports = {} as Ports;
  for (const name of Object.keys(openers) as (keyof Ports)[]) ports[name] = await openers[name](host);
  return ports;
}
