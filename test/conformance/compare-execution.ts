import { isObject, type Json, type JsonObject } from '../../engine/data/json.ts';
import { asOf } from './as-of.ts';
import type { Case } from './case.ts';
import { historyDifferences } from './compare-history.ts';
import { type Bindings, mismatch } from './mismatch.ts';
import { normalise } from './normalise.ts';

/** What a host says of an execution: the answers of DescribeExecution (or StartSyncExecution) and GetExecutionHistory. */
export interface ActualExecution {
  readonly describe: object;
  readonly events: readonly object[];
}

/** Where an execution differs from its recording, the most telling difference first. */
export function executionDifferences(
  recorded: Pick<Case, 'expected' | 'transforms' | 'recordedDate'>,
  actual: ActualExecution,
  resolve: (symbol: string) => string,
): readonly string[] {
  const { expected, transforms = [] } = recorded;
  const bound: Bindings = new Map();
  const asRecorded = (value: unknown) => objectOf(asOf(recorded.recordedDate, normalise(value, transforms, resolve)));
  const described = asRecorded(actual.describe);
  const found: (string | undefined)[] = ['status', 'output', 'error', 'cause'].map((field) =>
    fieldMismatch(field, expected[field], described[field], bound),
  );
  if (isObject(expected['describe'])) found.push(mismatch(expected['describe'], described, 'describe', bound));
  if (Array.isArray(expected['events'])) {
    const { events } = asRecorded({ events: actual.events });
    const isFlattened = transforms.some(([kind]) => kind === 'SfnNoneRecursiveParallelTransformer');
    found.push(...historyDifferences(expected['events'], Array.isArray(events) ? events : [], bound, isFlattened));
  }
  return found.filter((difference) => difference !== undefined);
}

const objectOf = (value: Json): JsonObject => (isObject(value) ? value : {});

/** What is absent in the recording has to be absent, not null or empty. */
function fieldMismatch(field: string, expected: Json | undefined, actual: Json | undefined, bound: Bindings) {
  if (expected === undefined && actual === undefined) return undefined;
  if (expected === undefined) return `${field}: not expected, got ${JSON.stringify(actual)}`;
  if (actual === undefined) return `${field}: missing, expected ${JSON.stringify(expected)}`;
  return mismatch(expected, actual, field, bound);
}
