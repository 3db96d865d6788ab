import { type Sight, type TestAnswer, testState } from '../../core/index.ts';
import { ApiError } from '../api-error.ts';
import type { StepFunctionsApiOptions } from '../options.ts';
import { answerOf, tooFewItems } from './answer.ts';
import { checkMock } from './check-mock.ts';
import { resultProblem } from './check-result.ts';
import { type Performing, perform } from './perform.ts';
import { readDefinition } from './read-definition.ts';
import { readRequest, type TestRequest } from './read-request.ts';
import { stateTest } from './state-test.ts';

/** Runs one state by itself. (API reference, `TestState`; the form of November 2025 with mocks and whole machines) */
export const testStateOperations = (options: StepFunctionsApiOptions) => ({
  TestState: async (request: unknown): Promise<object> => {
    const asked = readRequest(request);
    const place = readDefinition(asked);
    checkMock(asked, place.state);
    const problem = asked.mock && resultProblem(asked.mock, place.state);
    if (problem !== undefined) throw new ApiError('ValidationException', problem);
    const sights: Sight[] = [];
    const test = stateTest(asked, place, options, (sight) => void sights.push(sight));
    const answer = mockedAnswer(asked);
    const first = testState(test, answer);
    const tested = first.kind === 'waits' ? await goOn(first.effect) : first;
    if (tested.kind === 'too few items') throw tooFewItems();
    if (tested.kind === 'waits') throw new Error(`${asked.definition} waits although it was answered`);
    return answerOf(asked, tested, sights);

    async function goOn(effect: Performing) {
      const answered = await perform(effect, options);
      sights.length = 0; // it runs once more, from the start
      return testState(test, answered);
    }
  },
});

function mockedAnswer({ mock }: TestRequest): TestAnswer | undefined {
  if (mock?.result !== undefined) return { kind: 'succeeded', output: mock.result };
  if (mock?.errorOutput === undefined) return undefined;
  const { error, cause } = mock.errorOutput;
  return { kind: 'failed', failure: { error, cause } };
}
