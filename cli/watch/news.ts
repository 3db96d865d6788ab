import type { HistoryEvent } from '../client/steps.ts';
import { narrate } from '../history/narrate.ts';
import type { Out } from '../out.ts';
import type { Followed } from './follow-execution.ts';
import type { TaggedLine } from './view.ts';

/** Lines that only bring newer numbers come this seldom. */
const againMs = 15_000;

/** What has not been told yet: the events of each execution, and the lines they make, by time. */
interface News {
  readonly events: readonly { readonly executionArn: string; readonly event: HistoryEvent }[];
  readonly lines: readonly TaggedLine[];
}

/** A reader of news: each call tells what came since the one before. */
export function newsReader(): (executions: readonly Followed[]) => News {
  const toldUpTo = new Map<string, number>();
  let lastAt = Number.NEGATIVE_INFINITY;
  const isDue = ({ again, at }: TaggedLine) => {
    if (again && at - lastAt < againMs) return false;
    lastAt = at;
    return true;
  };
  return (executions) => {
    const fresh = executions.flatMap((each) => {
      const after = toldUpTo.get(each.arn) ?? 0;
      const newest = each.events.at(-1)?.id ?? 0;
      toldUpTo.set(each.arn, newest);
      return newest > after ? [{ each, after }] : [];
    });
    const lines = fresh.flatMap(({ each, after }) =>
      narrate(each.events).flatMap((line) => (line.eventId > after ? [{ ...line, label: each.label }] : [])),
    );
    return {
      events: fresh.flatMap(({ each, after }) =>
        each.events.flatMap((event) => (event.id > after ? [{ executionArn: each.arn, event }] : [])),
      ),
      lines: lines.sort((a, b) => a.at - b.at).filter(isDue),
    };
  };
}

/** Tells the events to a `jsonl` stream, one a line. */
export const recordEvents = ({ events }: News, { format, record }: Out): void => {
  if (format === 'jsonl') for (const each of events) record({ type: 'event', ...each });
};
