import { styleText } from 'node:util';
import type { Io, Sink } from '../io.ts';

/** Colours text for one stream, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;
type Style = 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'bold' | 'dim';
export type ColourChoice = 'auto' | 'always' | 'never';

/**
 * `--color` wins; then `NO_COLOR` (any text, even for a terminal), then `FORCE_COLOR`, then whether the stream is a
 * terminal that can. Decided here and not by `styleText`, which asks the process and not the command.
 */
export function paintFor(sink: Sink, choice: ColourChoice, env: Io['env']): Paint {
  if (!wantsColour(sink, choice, env)) return (_, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

function wantsColour(sink: Sink, choice: ColourChoice, env: Io['env']): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0';
  return sink.isTty && env['TERM'] !== 'dumb';
}
