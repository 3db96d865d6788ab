import * as z from 'zod/mini';
import { isObject, type Json, type JsonObject } from '../../data/json.ts';
import { parseJson } from '../../data/parse-json.ts';
import { ApiError } from '../api-error.ts';
import { readRoleArn } from '../read-arn.ts';
import { fields, readFields, text } from '../read-fields.ts';
import { readInput } from '../read-json-text.ts';
import { readContext } from './read-context.ts';

const count = z.int().check(z.gte(0));

const shape = z.object({
  definition: fields.definition,
  stateName: z.optional(text(1, 80)),
  roleArn: z.optional(fields.arn),
  input: z._default(fields.data, '{}'),
  variables: z.optional(fields.data),
  context: z.optional(fields.data),
  inspectionLevel: z._default(z.enum(['INFO', 'DEBUG', 'TRACE']), 'INFO'),
  revealSecrets: z._default(z.boolean(), false),
  mock: z.optional(
    z.object({
      result: z.optional(fields.data),
      errorOutput: z.optional(z.object({ error: z.optional(fields.error), cause: z.optional(fields.cause) })),
      fieldValidationMode: z._default(z.enum(['STRICT', 'PRESENT', 'NONE']), 'STRICT'),
    }),
  ),
  stateConfiguration: z._default(
    z.object({
      retrierRetryCount: z._default(count, 0),
      errorCausedByState: z.optional(text(1, 80)),
      mapIterationFailureCount: z.optional(count),
      mapItemReaderData: z.optional(fields.data),
    }),
    { retrierRetryCount: 0 },
  ),
});

type Asked = z.output<typeof shape>;

/** What a client asks to test, its JSON texts read. */
export interface TestRequest extends Omit<Asked, 'mock' | 'context' | 'variables' | 'input' | 'stateConfiguration'> {
  readonly input: Json;
  /** As the client wrote it. */
  readonly inputText: string;
  readonly variables: JsonObject;
  readonly context: JsonObject | undefined;
  readonly mock: Mock | undefined;
  readonly configuration: Omit<Asked['stateConfiguration'], 'mapItemReaderData'> & {
    readonly readerData: Json | undefined;
  };
}

export interface Mock {
  readonly result: Json | undefined;
  readonly errorOutput: { readonly error?: string | undefined; readonly cause?: string | undefined } | undefined;
  /** STRICT: every field that the service's answer must have; PRESENT: those that are there; NONE: nothing is looked at. */
  readonly fieldValidationMode: 'STRICT' | 'PRESENT' | 'NONE';
}

/** @throws ApiError `ValidationException`, `InvalidArn`, `InvalidExecutionInput` in AWS's words */
export function readRequest(request: unknown): TestRequest {
  const { mock: givenMock, context, variables, input, stateConfiguration, ...asked } = readFields(shape, request);
  if (asked.roleArn !== undefined) readRoleArn(asked.roleArn);
  const { mapItemReaderData, ...configuration } = stateConfiguration;
  const mock = givenMock && readMock(givenMock);
  if (mock !== undefined && asked.revealSecrets) throw notWith('RevealSecrets');
  if (mock === undefined) {
    if (configuration.mapIterationFailureCount !== undefined) throw notWithout('MapIterationFailureCount');
    if (configuration.errorCausedByState !== undefined) throw notWithout('ErrorCausedByState');
    if (configuration.retrierRetryCount > 0) throw notWithout('RetrierRetryCount');
    if (mapItemReaderData !== undefined) throw notWithout('MapItemReaderData');
    if (context !== undefined) throw notWithout('Context');
  }
  return {
    ...asked,
    inputText: input,
    input: JSON.parse(readInput(input)),
    variables: variables === undefined ? {} : readVariables(variables),
    context: context === undefined ? undefined : readContext(context),
    mock,
    configuration: {
      ...configuration,
      readerData: mapItemReaderData === undefined ? undefined : readJson(mapItemReaderData, 'Map item reader data'),
    },
  };
}

function readMock({ result, errorOutput, fieldValidationMode }: NonNullable<Asked['mock']>): Mock {
  if ((result === undefined) === (errorOutput === undefined))
    throw refused('A test mock should have only one of the following fields: [result, errorOutput].');
  return {
    result: result === undefined ? undefined : readJson(result, 'Mocked result'),
    errorOutput,
    fieldValidationMode,
  };
}

function readVariables(given: string): JsonObject {
  const variables = readJson(given, 'Variables');
  if (isObject(variables)) return variables;
  throw refused('Variables must be a JSON object');
}

function readJson(given: string, what: string): Json {
  try {
    return parseJson(given);
  } catch {
    throw refused(`${what} must be valid JSON`);
  }
}

const notWith = (field: string) => refused(`TestState does not support ${field} when a mock is specified.`);

const notWithout = (field: string) => refused(`TestState does not support ${field} when a mock is not specified.`);

const refused = (message: string) => new ApiError('ValidationException', message);
