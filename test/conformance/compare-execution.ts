import { isObject, type Json, type JsonObject, own } from '../../engine/data/json.ts';
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
  const day = dayOf(recorded.recordedDate);
  const asRecorded = (value: unknown) => objectOf(asOf(day, normalise(value, transforms, resolve)));
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

/** Members that AWS's answers got over time, and the day since when recordings have them. */
const MEMBERS_SINCE: Readonly<Record<string, string>> = {
  redriveCount: '2023-11-15',
  redriveStatus: '2023-11-15',
  redriveStatusReason: '2023-11-15',
  RedriveCount: '2023-11-15',
  RedriveStatus: '2023-11-15',
  RedriveStatusReason: '2023-11-15',
};

/** A value as AWS would have given it on the day of the recording. */
function asOf(day: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => asOf(day, item));
  if (!isObject(value)) return value;
  const since = (name: string) => own(MEMBERS_SINCE, name) ?? '';
  const members = Object.entries(value).filter(([name]) => day >= since(name));
  return Object.fromEntries(members.map(([name, member]) => [name, asOf(day, member)]));
}

/** `04-03-2023, 10:05:28` → `2023-03-04` */
const dayOf = (recordedDate: string): string => recordedDate.replace(/^(\d+)-(\d+)-(\d+).*$/, '$3-$2-$1');
