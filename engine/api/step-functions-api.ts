import { own } from '../data/json.ts';
import type { Ids } from '../runner/ports.ts';
import { ApiError } from './api-error.ts';
import { NOT_OFFERED, type StepFunctionsOperations } from './operations.ts';
import { readBody } from './read-body.ts';
import { newUuid } from './wire-values.ts';

export interface StepFunctionsApi {
  readonly operations: StepFunctionsOperations;
  readonly ids: Ids;
  /** Told of what is the host's fault and not the caller's. */
  readonly onProblem: (problem: string, thrown: unknown) => void;
}

/**
 * The API of Step Functions as one fetch handler: AWS JSON 1.0, `POST /` with `X-Amz-Target: AWSStepFunctions.<Operation>`.
 * Signatures are not looked at: who may call is the host's business.
 */
export function stepFunctionsApi({
  operations,
  ids,
  onProblem,
}: StepFunctionsApi): (request: Request) => Promise<Response> {
  return async (request) => {
    const requestId = newUuid(ids);
    try {
      const operation = operationOf(request, operations);
      return answer(200, await operation(await readBody(request)), requestId);
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

function operationOf(request: Request, operations: StepFunctionsOperations): (input: unknown) => Promise<object> {
  if (request.method !== 'POST')
    throw new ApiError('UnknownOperationException', `${request.method} is no call of Step Functions, POST is`, 405);
  const target = request.headers.get('x-amz-target') ?? '';
  const name = /^AWSStepFunctions\.(\w+)$/.exec(target)?.[1];
  const operation = name === undefined ? undefined : own<(input: unknown) => Promise<object>>(operations, name);
  if (operation !== undefined) return operation;
  const offered = `offered are ${Object.keys(operations).join(', ')}`;
  if (name !== undefined && NOT_OFFERED.has(name))
    throw new ApiError('UnknownOperationException', `${name} is not offered here yet; ${offered}`);
  throw new ApiError(
    'UnknownOperationException',
    `X-Amz-Target must be AWSStepFunctions.<Operation>, it was '${target}'; ${offered}`,
  );
}

const refusal = ({ code, message, status }: ApiError, requestId: string): Response =>
  answer(status, { __type: code, message }, requestId, { 'x-amzn-errortype': code });

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
