import type { HistoryEvent } from '../../engine/core/history.ts';

/** Events that follow whichever branch or iteration was the last or the next: chance, where those run side by side. */
const JOINS: ReadonlySet<string> = new Set([
  'MapIterationStarted',
  'MapIterationSucceeded',
  'MapStateSucceeded',
  'MapStateExited',
  'ParallelStateSucceeded',
  'ParallelStateExited',
]);

/**
 * A history without what differs from run to run: instants, ids, and in which order lines of control took turns. Each line
 * is one branch, iteration or stretch between them, its events in order; the lines are sorted by their texts.
 */
export function historyLines(history: readonly HistoryEvent[]): readonly (readonly string[])[] {
  const followers = Map.groupBy(history, ({ previousEventId }) => previousEventId);
  const lines: string[][] = [];
  const walk = (event: HistoryEvent, line: string[]): void => {
    line.push(textOf(event));
    const next = (followers.get(event.id) ?? []).filter(({ type }) => !JOINS.has(type));
    const [only, ...others] = next;
    if (only === undefined) return;
    if (others.length === 0) return walk(only, line);
    for (const first of next) walk(first, begun(lines));
  };
  for (const event of history) if (event.previousEventId === 0 || JOINS.has(event.type)) walk(event, begun(lines));
  return lines.sort((a, b) => compare(a.join('\n'), b.join('\n')));
}

function begun(lines: string[][]): string[] {
  const line: string[] = [];
  lines.push(line);
  return line;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function textOf({ id: _id, previousEventId: _previous, timestamp: _at, ...event }: HistoryEvent): string {
  return JSON.stringify(event)
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|\b1[67]\d{11}\b/g, 'INSTANT')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID');
}
