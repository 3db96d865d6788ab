import type { Details, HistoryEvent } from '../core/history.ts';

/** What an event carries of an execution's data, and the notes about it. What went wrong is no data. */
const DATA = new Set([
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
  'assignedVariables',
  'assignedVariablesDetails',
]);

/** An event with what its details hold of the execution's data left out. */
export function withoutData({ id, previousEventId, timestamp, type, ...details }: HistoryEvent): HistoryEvent {
  const kept = Object.entries<Details>(details).map(([key, value]) => [key, detailsWithoutData(value)]);
  return { id, previousEventId, timestamp, type, ...Object.fromEntries(kept) };
}

const detailsWithoutData = (details: Details): Details =>
  Object.fromEntries(Object.entries(details).filter(([name]) => !DATA.has(name)));
