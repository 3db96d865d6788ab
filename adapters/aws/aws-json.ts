import { isObject, type Json, type JsonObject } from '../../engine/data/json.ts';
import { AwsRefusal } from './aws-refusal.ts';
import { type Credentials, signedHeaders } from './signed-headers.ts';
import { untilAnswered } from './until-answered.ts';

/** Calls one operation of a service. @throws AwsRefusal */
export type AwsJson = (operation: string, input: JsonObject) => Promise<JsonObject>;

/** A text of an answer. @throws Error when it has none */
export function textIn(answer: JsonObject, name: string): string {
  const value = answer[name];
  if (typeof value === 'string') return value;
  throw new Error(`AWS answered without the text ${name}: ${Object.keys(answer).join(', ')}`);
}

/** Services that speak AWS's JSON protocols, which need no SDK. */
const services = {
  dynamodb: { host: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0' },
  ecr: { host: 'api.ecr', target: 'AmazonEC2ContainerRegistry_V20150921', version: '1.1' },
  ssm: { host: 'ssm', target: 'AmazonSSM', version: '1.1' },
  states: { host: 'states', target: 'AWSStepFunctions', version: '1.0' },
} as const;

const ANSWER_WITHIN_MS = 2_500;

/**
 * A service of AWS by signed HTTP, with the region and the credentials that Lambda gives a function in its environment, read at
 * each call. Calls whose answer was lost or that were throttled are made again, five times in all: a caller's condition has to
 * bear that. `AWS_ENDPOINT_URL_<SERVICE>` and `AWS_ENDPOINT_URL` name another place, as they do for the SDKs.
 */
export function awsJson(service: keyof typeof services, environment = process.env, call = fetch): AwsJson {
  const { host, target, version } = services[service];

  return async (operation, input) => {
    const { region, credentials } = accessOf(environment);
    const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    const url = new URL(
      environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ??
        environment['AWS_ENDPOINT_URL'] ??
        `https://${host}.${region}.${domain}/`,
    );
    const body = JSON.stringify(input);
    const said = { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${operation}` };
    return untilAnswered(`${service} ${operation}`, async () => {
      const headers = signedHeaders(url, said, body, { service, region, credentials, now: Date.now() });
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      return answerOf(await call(url, { method: 'POST', headers, body, signal }));
    });
  };
}

export function accessOf(environment: NodeJS.ProcessEnv): {
  readonly region: string;
  readonly credentials: Credentials;
} {
  const [region, accessKeyId, secretAccessKey] = ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map(
    (name) => {
      const value = environment[name];
      if (value) return value;
      throw new Error(`${name} is not set: Lambda sets it, and elsewhere whoever starts the process has to`);
    },
  ) as [string, string, string];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  return { region, credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } };
}

async function answerOf(response: Response): Promise<JsonObject | AwsRefusal> {
  const text = await response.text();
  const answer = parsed(text);
  if (response.ok) return answer;
  const type = typeof answer['__type'] === 'string' ? answer['__type'] : undefined;
  const message = answer['message'] ?? answer['Message'];
  const name = type?.slice(type.indexOf('#') + 1) || `Status${response.status}`;
  return new AwsRefusal(name, typeof message === 'string' ? message : 'no reason given', response.status, answer);
}

function parsed(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
