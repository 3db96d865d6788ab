import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../engine/data/json.ts';
import { type Case, readRecordings } from './case.ts';
import { executionDifferences } from './compare-execution.ts';
import { historyDifferences } from './compare-history.ts';

const event = (id: number, type: string, name?: string): Json => ({
  id,
  previousEventId: id - 1,
  timestamp: 'timestamp',
  type,
  ...(name === undefined ? {} : { stateEnteredEventDetails: { name } }),
});

describe('historyDifferences', () => {
  const inTurn = [event(1, 'PassStateEntered', 'A'), event(2, 'PassStateEntered', 'B')];
  const swapped = [event(1, 'PassStateEntered', 'B'), event(2, 'PassStateEntered', 'A')];
  const around = (events: readonly Json[]) => [event(0, 'ParallelStateStarted'), ...events];

  it('minds the order of states that follow each other', () => {
    expect(historyDifferences(inTurn, inTurn, new Map())).toEqual([]);
    expect(historyDifferences(inTurn, swapped, new Map())).toHaveLength(1);
  });

  it('leaves the order of branches to luck, but no event out', () => {
    expect(historyDifferences(around(inTurn), around(swapped), new Map())).toEqual([]);
    expect(historyDifferences(around(inTurn), around(swapped.slice(1)), new Map())).toContain(
      'no PassStateEntered like {"type":"PassStateEntered","stateEnteredEventDetails":{"name":"B"}}',
    );
    expect(historyDifferences(around(inTurn.slice(1)), around(swapped), new Map())).toEqual([
      'unexpected PassStateEntered',
    ]);
  });
});

describe('executionDifferences', () => {
  const recorded = {
    recordedDate: '01-02-2023, 10:00:00',
    expected: { status: 'FAILED', error: 'Broken', events: [] },
  };
  const compare = (describe: object) => executionDifferences(recorded, { describe, events: [] }, (symbol) => symbol);

  it('takes absent for absent, not for null or empty', () => {
    expect(compare({ status: 'FAILED', error: 'Broken' })).toEqual([]);
    expect(compare({ status: 'FAILED', error: 'Broken', cause: '' })).toEqual(['cause: not expected, got ""']);
    expect(compare({ status: 'FAILED' })).toEqual(['error: missing, expected "Broken"']);
  });

  it('expects of an old recording no member that AWS has added since', () => {
    const expected = { status: 'SUCCEEDED', describe: { status: 'SUCCEEDED' } };
    const actual = { describe: { status: 'SUCCEEDED', redriveCount: 0 }, events: [] };
    const on = (recordedDate: string) => executionDifferences({ recordedDate, expected }, actual, (symbol) => symbol);

    expect(on('01-02-2023, 10:00:00')).toEqual([]);
    expect(on('01-02-2024, 10:00:00')).toEqual(['describe.redriveCount: not expected, got 0']);
  });
});

const folder = join(import.meta.dirname, '../../../shared/conformance');

describe.skipIf(!existsSync(folder))('a recorded execution', () => {
  const histories = existsSync(folder)
    ? readRecordings(folder).cases.filter(
        ({ kind, expected }) => kind === 'execution' && Array.isArray(expected['events']),
      )
    : [];

  it('agrees with itself once its names stand for something', () => {
    const differing = histories.flatMap((recorded) => {
      const differences = compareWith(recorded, concrete(recorded.expected));
      return differences.length === 0 ? [] : [[recorded.id, differences[0]]];
    });

    expect(histories.length).toBeGreaterThan(300);
    expect(differing).toEqual([]);
  });

  it('does not agree with itself once the last state has another name', () => {
    const unnoticed = histories.flatMap((recorded) => {
      const altered = withLastStateRenamed(concrete(recorded.expected));
      return altered === undefined || compareWith(recorded, altered).length > 0 ? [] : [recorded.id];
    });

    expect(unnoticed).toEqual([]);
  });
});

function compareWith(recorded: Case, { status, output, error, cause, events }: JsonObject): readonly string[] {
  const { describe: _, ...expected } = recorded.expected;
  const describe = asAnswered({ status, output, error, cause } as JsonObject);
  const listed = (Array.isArray(events) ? events : []).map((item: Json) => asAnswered(item) as JsonObject);
  return executionDifferences(
    { ...recorded, expected },
    { describe: describe as JsonObject, events: listed },
    (s) => s,
  );
}

/** Each name of a recording replaced by a text of its own, `date` by a date. */
function concrete(value: JsonObject): JsonObject {
  const names = new Map<string, string>();
  const textFor = (name: string) => names.get(name) ?? names.set(name, `x${names.size}y`).get(name) ?? '';
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll(':"date"', ':"2022-07-13T13:48:01Z"')
      .replaceAll('<region>', 'us-east-1')
      .replaceAll('<partition>', 'aws')
      .replace(/<<[\w-]+>:\d+>|<[\w-]+(:\d+)?>/g, textFor),
  );
}

const TEXTS = new Set(['input', 'output', 'cause', 'parameters']);

/** An answer as the API gives it: texts, where a recording shows the objects that they spell. */
function asAnswered(value: Json, key = ''): Json {
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]) => {
      const isText = TEXTS.has(name) || key === 'assignedVariables';
      return [
        name,
        isText && typeof member === 'object' && member !== null ? JSON.stringify(member) : asAnswered(member, name),
      ];
    }),
  );
}

function withLastStateRenamed(expected: JsonObject): JsonObject | undefined {
  const copy = structuredClone(expected) as JsonObject & { events: { stateEnteredEventDetails?: { name: string } }[] };
  const last = copy.events.findLast(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined);
  if (last?.stateEnteredEventDetails === undefined) return undefined;
  last.stateEnteredEventDetails.name += '!';
  return copy;
}
