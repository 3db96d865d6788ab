import * as z from 'zod/mini';
import type { Json } from '../data/json.ts';

const details = z.record(z.string(), z.unknown());

const event = z.catchall(
  z.object({
    id: z.int(),
    previousEventId: z._default(z.int(), 0),
    type: z.string(),
    timestamp: z.optional(z.union([z.string(), z.number()])),
  }),
  z.unknown(),
);

const exported = z.object({ events: z.array(event).check(z.minLength(1)) });

/** An event of a history that came from elsewhere. */
export interface ExportedEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  /** Milliseconds since 1970; undefined where the export has no time that can be read. */
  readonly at: number | undefined;
  /** The members of its details; none for an event without. */
  readonly details: { readonly [name: string]: unknown };
}

/** The events of what `aws stepfunctions get-execution-history` printed, oldest first, or what is wrong with it. */
export function readExportedHistory(
  text: string,
): { readonly events: readonly ExportedEvent[] } | { readonly problem: string } {
  const value = parsed(text);
  const read = exported.safeParse(value);
  if (!read.success)
    return {
      problem: 'it is no history: {"events": [{"id", "previousEventId", "type", "timestamp", …}]} was expected',
    };
  const events = read.data.events
    .map((each) => ({
      id: each.id,
      previousEventId: each.previousEventId,
      type: each.type,
      at: timeOf(each.timestamp),
      details: detailsOf(each),
    }))
    .sort((a, b) => a.id - b.id);
  if (events[0]?.type !== 'ExecutionStarted')
    return { problem: `its first event is ${events[0]?.type}, not ExecutionStarted: export all pages of it` };
  return { events };
}

/** A member of an event's details that is a text, as most are. */
export function textIn({ details: members }: ExportedEvent, name: string): string | undefined {
  const value = members[name];
  // Tools that print histories spell data out at times.
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

/** Data inside an event's details, which is JSON text; a text that is none stays a text. */
export function dataIn(event: ExportedEvent, name: string): Json | undefined {
  const text = textIn(event, name);
  const value = text === undefined ? undefined : parsed(text);
  return value === undefined ? text : value;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function detailsOf(event: { readonly [key: string]: unknown }): ExportedEvent['details'] {
  const key = Object.keys(event).find((name) => name.endsWith('EventDetails'));
  const read = details.safeParse(key === undefined ? {} : event[key]);
  return read.success ? read.data : {};
}

/** The CLI prints ISO 8601, the API gives seconds. */
function timeOf(timestamp: string | number | undefined): number | undefined {
  const at = typeof timestamp === 'number' ? timestamp * 1000 : Date.parse(timestamp ?? '');
  return Number.isNaN(at) ? undefined : Math.round(at);
}
