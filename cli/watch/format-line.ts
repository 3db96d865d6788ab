import { oneLine } from '../text/clean.ts';
import type { Paint } from '../text/paint.ts';
import { clockTime } from '../text/time.ts';
import type { TaggedLine } from './view.ts';

const colours = { info: undefined, good: 'green', warning: 'yellow', error: 'red' } as const;

/** `12:00:03  canary  10 %  need more: …` and, indented behind a bar, its details. */
export function formatLine(line: TaggedLine, utcOffsetMinutes: number, paint: Paint): string {
  const colour = colours[line.level];
  const text = colour === undefined ? line.text : paint(colour, line.text);
  const head = `${paint('dim', clockTime(line.at, utcOffsetMinutes))}  ${oneLine(line.label).padEnd(8)}  ${text}`;
  return [head, ...line.details.map((detail) => `          | ${detail}`)].join('\n');
}
