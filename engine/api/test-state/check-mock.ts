import type { State, States } from '../../asl/machine.ts';
import { isObject, own } from '../../data/json.ts';
import { ApiError } from '../api-error.ts';
import { innerScopes } from './read-definition.ts';
import type { TestRequest } from './read-request.ts';

/**
 * Passes a test whose mock, context and configuration fit the type of its state.
 * @throws ApiError `ValidationException`, `InvalidDefinition` in AWS's words
 */
export function checkMock({ mock, context, roleArn, configuration }: TestRequest, state: State): void {
  const lines = state.type === 'Map' || state.type === 'Parallel';
  if (mock === undefined) {
    if (lines)
      throw new ApiError(
        'InvalidDefinition',
        'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]',
      );
    if (state.type === 'Task' && roleArn === undefined)
      throw refused('RoleArn must be specified when testing a Task state');
    return;
  }
  if (!lines && state.type !== 'Task')
    throw refused(`State type '${state.type}' is not supported when a mock is specified`);
  if (mock.result !== undefined) checkLines(state, mock.result);
  if (context !== undefined && own(context, 'Task') !== undefined && !answersLater(state))
    throw refused(
      "Invalid Context object provided: Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
    );
  const { errorCausedByState: culprit } = configuration;
  if (culprit !== undefined && !innerScopes(state).some((scope) => contains(scope, culprit)))
    throw refused('State not found in definition');
}

/** A Map that writes its results elsewhere gives an object that says where; else there is a result for each line. */
function checkLines(state: State, result: unknown): void {
  if (state.type === 'Map' && state.distributed?.writer !== undefined) {
    if (!isObject(result)) throw refused('Mocked result must be a JSON object.');
    return;
  }
  if (state.type !== 'Map' && state.type !== 'Parallel') return;
  if (!Array.isArray(result)) throw refused('Mocked result must be an array.');
  if (state.type === 'Parallel' && result.length !== state.branches.length)
    throw refused('Mocked result must contain the same number of items as number of Parallel branches.');
}

const answersLater = (state: State): boolean =>
  state.type === 'Task' && state.resource.kind === 'service' && state.resource.pattern !== 'request';

const contains = ({ states }: States, name: string): boolean =>
  own(states, name) !== undefined ||
  Object.values(states).some((state) => innerScopes(state).some((scope) => contains(scope, name)));

const refused = (message: string) => new ApiError('ValidationException', message);
