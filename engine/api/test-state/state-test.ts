import type { StateTest, Watch } from '../../core/index.ts';
import { isoText } from '../../data/instant.ts';
import type { JsonObject } from '../../data/json.ts';
import type { StepFunctionsApiOptions } from '../options.ts';
import { newUuid } from '../wire-values.ts';
import { type PlacedState, STATE_NAME } from './read-definition.ts';
import type { TestRequest } from './read-request.ts';

/** The test as the interpreter takes it. AWS runs it as an Express execution of a machine that nobody made. */
export function stateTest(
  { input, variables, context, roleArn, configuration }: TestRequest,
  { machine, state }: PlacedState,
  { clock, ids, region, account }: Pick<StepFunctionsApiOptions, 'clock' | 'ids' | 'region' | 'account'>,
  watch: Watch,
): StateTest {
  const [machineName, name, now] = [newUuid(ids), newUuid(ids), clock.now()];
  const arn = `arn:aws:states:${region}:${account}:express:${machineName}:${name}`;
  const machineArn = `arn:aws:states:${region}:${account}:stateMachine:${machineName}`;
  const contextObject: JsonObject = context ?? {
    Execution: { Id: arn, Input: input, Name: name, RoleArn: roleArn ?? null, StartTime: isoText(now) },
    State: {
      EnteredTime: isoText(now),
      Name: STATE_NAME,
      ...('retry' in state ? { RetryCount: configuration.retrierRetryCount } : {}),
    },
    StateMachine: { Id: machineArn, Name: machineName },
  };
  return {
    machine,
    state: state.name,
    input,
    variables,
    retryCount: configuration.retrierRetryCount,
    readerData: configuration.readerData,
    failedIterations: configuration.mapIterationFailureCount ?? 0,
    facts: { arn, name, roleArn: roleArn ?? '', machineArn, machineName, startedAt: now, input, waiter: undefined },
    context: { now, seed: ids.next(), watch, alone: { contextObject } },
  };
}
