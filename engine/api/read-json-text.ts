import { jsonSyntaxError } from '../data/json-syntax.ts';
import type { Json } from '../data/json.ts';
import { parseJson } from '../data/parse-json.ts';
import { ApiError } from './api-error.ts';

/** UTF-8 bytes of an execution's input and of a task's output. ("Service quotas") */
const LONGEST = 262_144;

/**
 * An execution's input: the text itself, checked to be JSON.
 * @throws ApiError `InvalidExecutionInput`, in the words of the parser that Step Functions uses
 */
export function readInput(input: string): string {
  if (input === '') throw invalidInput('Invalid execution input.');
  const problem = problemOf(input);
  if (problem !== undefined) throw invalidInput(problem);
  return input;
}

/** What a task's worker gives as its output. @throws ApiError `InvalidOutput` */
export function readOutput(output: string): Json {
  const problem = output === '' ? 'Invalid output.' : problemOf(output);
  if (problem !== undefined) throw new ApiError('InvalidOutput', `Invalid Output: '${problem}'`);
  return JSON.parse(output);
}

function problemOf(given: string): string | undefined {
  const bytes = Buffer.byteLength(given);
  if (bytes > LONGEST) return `it has ${bytes} bytes of UTF-8, at most ${LONGEST} are taken`;
  const mistake = jsonSyntaxError(given);
  if (mistake !== undefined) return mistake.message;
  try {
    parseJson(given);
    return undefined;
  } catch (thrown) {
    return thrown instanceof SyntaxError ? thrown.message : String(thrown);
  }
}

const invalidInput = (problem: string) =>
  new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${problem}'`);
