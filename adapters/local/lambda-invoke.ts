import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject, own } from '../../engine/data/json.ts';
import { ServiceError } from './function-error.ts';
import { functionByArn, functionByName, type LocalFunction, type LocalFunctions, toJson } from './local-function.ts';

const RESOURCE = /^arn:[^:]+:states:::lambda:invoke(\.waitForTaskToken)?$/;

/**
 * The service integration `lambda:invoke`: Arguments `{FunctionName, Payload}`, result the answer of Lambda's Invoke.
 * undefined for other resources. (Step Functions guide, "Invoke an AWS Lambda function with Step Functions")
 */
export function lambdaInvoke(functions: LocalFunctions, resource: string): LocalFunction | undefined {
  if (!RESOURCE.test(resource)) return undefined;
  return async (input, call) => {
    const given = isObject(input) ? input : {};
    const name = own(given, 'FunctionName');
    const type = own(given, 'InvocationType') ?? 'RequestResponse';
    const requestId = requestIdOf(call.key);
    if (typeof name !== 'string')
      throw refused('ValidationException', `FunctionName must be a text, not ${JSON.stringify(name)}`, 400, requestId);
    if (type !== 'RequestResponse')
      throw refused(
        'InvalidParameterValueException',
        `InvocationType ${JSON.stringify(type)} is not offered here, RequestResponse is`,
        400,
        requestId,
      );
    const work = name.startsWith('arn:') ? functionByArn(functions, name) : functionByName(functions, name);
    if (work === undefined) throw refused('ResourceNotFoundException', `Function not found: ${name}`, 404, requestId);
    const output = toJson(await work(readPayload(own(given, 'Payload') ?? {}, requestId), call));
    const hasLog = own(given, 'LogType') === 'Tail';
    return { ...invokeAnswer(output, requestId), ...(hasLog ? { LogResult: logTail(requestId) } : {}) };
  };
}

/** A Payload that is a text is the request's body itself, which has to be JSON. */
function readPayload(payload: Json, requestId: string): Json {
  if (typeof payload !== 'string') return payload;
  try {
    return JSON.parse(payload) as Json;
  } catch {
    const problem = 'Could not parse request body into json';
    throw refused('InvalidRequestContentException', problem, 400, requestId);
  }
}

/** What a function without output leaves in its log. */
const logTail = (requestId: string): string =>
  Buffer.from(
    `START RequestId: ${requestId} Version: $LATEST\nEND RequestId: ${requestId}\nREPORT RequestId: ${requestId}\n`,
  ).toString('base64');

function invokeAnswer(payload: Json, requestId: string): JsonObject {
  const headers = {
    'Content-Length': String(Buffer.byteLength(JSON.stringify(payload))),
    'Content-Type': 'application/json',
    'X-Amz-Executed-Version': '$LATEST',
    'x-amzn-RequestId': requestId,
  };
  return {
    ExecutedVersion: '$LATEST',
    Payload: payload,
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: requestId },
    StatusCode: 200,
  };
}

const refused = (code: string, message: string, status: number, requestId: string) =>
  new ServiceError(
    `Lambda.${code}`,
    `${message} (Service: AWSLambda; Status Code: ${status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`,
  );

/** The same for every repetition of an attempt. */
function requestIdOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
