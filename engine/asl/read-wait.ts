import type { Dynamic, WaitState } from './machine.ts';
import { readDynamicNumber, readDynamicText } from './read-dynamic.ts';
import { readFlow } from './read-flow.ts';
import { readNext } from './read-next.ts';
import { longestSeconds } from './read-values.ts';
import type { StateSource } from './state-source.ts';
import { parseTimestamp } from './timestamp.ts';

/** A Wait state; undefined when it does not say how long, which is reported. */
export function readWait(source: StateSource): WaitState | undefined {
  const { name, language } = source;
  const flow = readFlow(source);
  const next = readNext(source);
  const seconds = readDynamicNumber({ section: source, field: 'Seconds', language }, { min: 0, max: longestSeconds });
  const timestamp = readDynamicText({ section: source, field: 'Timestamp', language }, (text) =>
    parseTimestamp(text) === undefined ? 'String does not match RFC3339 timestamp' : undefined,
  );
  const until = untilOf('seconds', seconds) ?? untilOf('timestamp', timestamp);
  return until && { name, type: 'Wait', flow, until, next };
}

const untilOf = (kind: 'seconds' | 'timestamp', value: Dynamic | undefined): WaitState['until'] | undefined =>
  value && { kind, value };
