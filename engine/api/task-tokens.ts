import * as z from 'zod/mini';
import type { TokenAnswer } from '../runner/runner.ts';
import { ApiError } from './api-error.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { fields, readFields, text } from './read-fields.ts';
import { readOutput } from './read-json-text.ts';

const taskToken = text(1, 2048);
const success = z.object({ taskToken, output: fields.data });
const failure = z.object({ taskToken, error: z.optional(fields.error), cause: z.optional(fields.cause) });
const heartbeat = z.object({ taskToken });

/** What the holder of a task token may say. */
export const taskTokenOperations = ({ runner }: Pick<StepFunctionsApiOptions, 'runner'>) => ({
  SendTaskSuccess: async (request: unknown) => {
    const asked = readFields(success, request);
    return accepted(await runner.taskSucceeded(asked.taskToken, readOutput(asked.output)));
  },
  SendTaskFailure: async (request: unknown) => {
    const { taskToken: token, error, cause } = readFields(failure, request);
    return accepted(await runner.taskFailed(token, { error, cause }));
  },
  SendTaskHeartbeat: async (request: unknown) => {
    const asked = readFields(heartbeat, request);
    return accepted(await runner.taskHeartbeat(asked.taskToken));
  },
});

function accepted(answer: TokenAnswer): Record<string, never> {
  switch (answer) {
    case 'accepted':
      return {};
    case 'timed-out':
      throw new ApiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    case 'invalid':
      throw new ApiError('InvalidToken', "Invalid Token: 'Invalid token'");
    default:
      return answer satisfies never;
  }
}
