import type { Sight, Tested } from '../../core/index.ts';
import { isObject } from '../../data/json.ts';
import { ApiError } from '../api-error.ts';
import type { TestRequest } from './read-request.ts';

type Ended = Exclude<Tested, { kind: 'waits' | 'too few items' }>;

/** What TestState answers. (API reference, `TestState`) */
export function answerOf(asked: TestRequest, tested: Ended, sights: readonly Sight[]): object {
  const caught = sights.findLast((sight) => sight.kind === 'catcher');
  const retried = sights.findLast((sight) => sight.kind === 'retrier');
  const inspectionData = asked.inspectionLevel === 'INFO' ? {} : { inspectionData: inspection(asked, tested, sights) };
  switch (tested.kind) {
    case 'retries':
      return { ...retried?.failure, status: 'RETRIABLE', ...inspectionData };
    case 'failed':
      return { ...tested.failure, status: 'FAILED', ...inspectionData };
    case 'succeeded':
      return {
        output: JSON.stringify(tested.output),
        ...caught?.failure,
        ...(tested.next === null ? {} : { nextState: tested.next }),
        status: caught === undefined ? 'SUCCEEDED' : 'CAUGHT_ERROR',
        ...inspectionData,
      };
    default:
      return tested satisfies never;
  }
}

/** Data is JSON text, limits are numbers. */
function inspection({ inputText }: TestRequest, { variables }: Ended, sights: readonly Sight[]): object {
  const values = sights.flatMap((sight) =>
    sight.kind !== 'value'
      ? []
      : [[sight.stage, NUMBERS.has(sight.stage) ? sight.value : JSON.stringify(sight.value)] as const],
  );
  return {
    input: inputText,
    ...Object.fromEntries(values),
    ...(Object.keys(variables).length === 0 ? {} : { variables: JSON.stringify(variables) }),
    ...errorDetails(sights),
  };
}

const NUMBERS: ReadonlySet<string> = new Set(['maxConcurrency', 'toleratedFailureCount', 'toleratedFailurePercentage']);

function errorDetails(sights: readonly Sight[]): object {
  const details = Object.assign(
    {},
    ...sights.map((sight) => {
      if (sight.kind === 'catcher') return { catchIndex: sight.index };
      if (sight.kind !== 'retrier') return {};
      const { index, delaySeconds } = sight;
      return {
        retryIndex: index,
        ...(delaySeconds === undefined ? {} : { retryBackoffIntervalSeconds: delaySeconds }),
      };
    }),
  ) as unknown;
  return isObject(details) && Object.keys(details).length > 0 ? { errorDetails: details } : {};
}

/** More failed iterations than there are. */
export const tooFewItems = (): ApiError =>
  new ApiError(
    'ValidationException',
    'Map iteration failure count must be less than or equal to the number of Map iterations',
  );
