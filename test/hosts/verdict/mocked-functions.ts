import { ServiceError } from '../../../adapters/local/function-error.ts';
import type { LocalFunction, LocalFunctions } from '../../../adapters/local/local-function.ts';
import type { VirtualClock } from '../../../adapters/local/virtual-clock.ts';
import { isObject, type Json, own } from '../../../engine/data/json.ts';
import { plusSeconds } from '../../../engine/data/instant.ts';
import { type Mock, resultOf } from '../../../engine/rehearsal/test-case.ts';
import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import { stepFunctions } from '../../../functions/index.ts';
import { functionArn, type Play } from './workflow-plays.ts';

type States = Pick<ExecutionStore, 'load'>;

/** The function that a stand-in for a child workflow calls, with its own execution's ARN. */
export const CHILD = 'child-of';

/**
 * The step functions as a case mocks them, by the state that calls; a child workflow's end is the mock of the state that
 * started it. The same call of the same attempt is answered the same, however often it comes.
 */
export function mockedFunctions(
  { given, disturbance }: Play,
  clock: VirtualClock,
  store: () => States,
): LocalFunctions {
  const stateAt = clock.heldCall(stateOf);
  const used = new Map<string, number>();
  const answers = new Map<string, Mock | ServiceError>();

  function answerOf(state: string, key: string): Mock | ServiceError {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const count = used.get(state) ?? 0;
    used.set(state, count + 1);
    const mocks = repeated(given.mocks[state] ?? []);
    const isDisturbed = disturbance?.state === state && count === 0;
    const answer = isDisturbed
      ? new ServiceError(disturbance.error, `the function's process did not answer at ${state}`)
      : (mocks[Math.min(count, mocks.length - 1)] ?? new ServiceError('Unmocked', `no mock for ${state}`));
    answers.set(key, answer);
    return answer;
  }

  async function answered(state: string, key: string): Promise<Json> {
    const answer = answerOf(state, key);
    if (answer instanceof ServiceError) throw answer;
    const { afterSeconds = 0, errorOutput, unanswered } = answer;
    if (unanswered === true) return new Promise(() => {});
    if (afterSeconds > 0)
      await new Promise<void>((resolve) => void clock.at(plusSeconds(clock.now(), afterSeconds), resolve));
    if (errorOutput !== undefined)
      throw new ServiceError(errorOutput.error ?? 'States.TaskFailed', errorOutput.cause ?? '');
    return resultOf(answer);
  }

  const stepFunction: LocalFunction = async (_input, { key }) => {
    const [execution = '', effect = ''] = key.split('#');
    return answered(await stateAt(store(), execution, effect.replace(/^task-/, '')), key);
  };
  const childEnd: LocalFunction = async (input) => {
    const start = (await store().load(typeof input === 'string' ? input : ''))?.frames['start'];
    const waiter = start?.kind === 'start' ? start.waiter : undefined;
    if (waiter === undefined || waiter.pattern === 'map-run') return {}; // nobody waits for it
    const { arn, key } = waiter;
    const output = await answered(await stateAt(store(), arn, key), `${arn}#task-${key}`);
    return isObject(output) ? (own(output, 'Output') ?? output) : output;
  };
  return new Map([
    ...[...stepFunctions.keys()].map((name) => [functionArn(name), stepFunction] as const),
    [functionArn(CHILD), childEnd],
  ]);
}

const repeated = (given: Mock | readonly Mock[]): readonly Mock[] =>
  [given].flat().flatMap((mock: Mock) => Array.from({ length: mock.times ?? 1 }, () => mock));

async function stateOf(store: States, execution: string, attempt: string): Promise<string> {
  const stored = await store.load(execution);
  for (const frame of Object.values(stored?.frames ?? {}))
    if (frame.kind === 'run' && frame.doing.phase === 'task' && frame.doing.key === attempt) return frame.state;
  throw new Error(`no state of ${execution} waits for ${attempt}`);
}
