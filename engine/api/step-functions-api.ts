import { own } from '../data/json.ts';
import type { Ids } from '../runner/ports.ts';
import { ApiError } from './api-error.ts';
import type { StepFunctionsOperations } from './operations.ts';
import { parseBody, readBody } from './read-body.ts';
import { type Authentication, verifySignature } from './verify-signature.ts';
import { newUuid } from './wire-values.ts';

export interface StepFunctionsApi {
  readonly operations: StepFunctionsOperations;
  readonly ids: Ids;
  /** Absent: signatures are not looked at, who may call is the host's business. */
  readonly authentication?: Authentication | undefined;
  /** Told of what is the host's fault and not the caller's. */
  readonly onProblem: (problem: string, thrown: unknown) => void;
}

/**
 * The API of Step Functions as one fetch handler: AWS JSON 1.0, `POST /` with `X-Amz-Target: AWSStepFunctions.<Operation>`.
 */
export function stepFunctionsApi({
  operations,
  ids,
  authentication,
  onProblem,
}: StepFunctionsApi): (request: Request) => Promise<Response> {
  return async (request) => {
    const requestId = newUuid(ids);
    try {
      const operation = operationOf(request, operations);
      const body = await readBody(request);
      if (authentication !== undefined) await verifySignature(request, body, authentication);
      return answer(200, await operation(parseBody(body), request.signal), requestId);
    } catch (thrown) {
      if (thrown instanceof ApiError) return refusal(thrown, requestId);
      onProblem(`request ${requestId} failed`, thrown);
      return refusal(
        new ApiError('InternalServerException', `Request ${requestId} failed here; the host's log says why`, 500),
        requestId,
      );
    }
  };
}

/** `signal` says that the caller left. */
type Operation = (input: unknown, signal?: AbortSignal) => Promise<object>;

function operationOf(request: Request, operations: StepFunctionsOperations): Operation {
  if (request.method !== 'POST')
    throw new ApiError('UnknownOperationException', `${request.method} is no call of Step Functions, POST is`, 405);
  const target = request.headers.get('x-amz-target') ?? '';
  const name = /^AWSStepFunctions\.(\w+)$/.exec(target)?.[1];
  const operation = name === undefined ? undefined : own<Operation>(operations, name);
  if (operation !== undefined) return operation;
  const offered = `offered are ${Object.keys(operations).join(', ')}`;
  throw new ApiError(
    'UnknownOperationException',
    `X-Amz-Target must be AWSStepFunctions.<Operation>, it was '${target}'; ${offered}`,
  );
}

const refusal = ({ code, message, status, members }: ApiError, requestId: string): Response =>
  answer(status, { __type: code, message, ...members }, requestId, { 'x-amzn-errortype': code });

const answer = (
  status: number,
  body: object,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId, ...headers },
  });
