import type { Io } from './io.ts';
import type { Format, Settings } from './settings.ts';
import { type Paint, paintFor } from './text/paint.ts';

/** Where a command's words go: the answer to stdout, everything said on the way to stderr. */
export interface Out {
  readonly format: Format;
  /** Colours for stdout, and for stderr: one may be piped and the other not. */
  readonly paint: Paint;
  readonly paintErr: Paint;
  /** The answer: `text` for people; `value` as JSON, an array in `jsonl` being one line for each element. */
  readonly answer: (value: unknown, text: () => string) => void;
  /** A line of a `jsonl` stream. */
  readonly record: (value: object) => void;
  /** A line on stderr, unless `--quiet`. */
  readonly hint: (text: string) => void;
  /** A line on stderr with `--verbose`. */
  readonly note: (text: string) => void;
}

export function createOut(io: Io, settings: Pick<Settings, 'format' | 'quiet' | 'verbose' | 'colour'>): Out {
  const { format, quiet, verbose, colour } = settings;
  const paintErr = paintFor(io.stderr, colour, io.env);
  const record = (value: unknown) => io.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    format,
    paint: paintFor(io.stdout, colour, io.env),
    paintErr,
    answer(value, text) {
      if (format === 'json') io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
      else if (format === 'jsonl') (Array.isArray(value) ? value : [value]).forEach(record);
      else io.stdout.write(`${text()}\n`);
    },
    record,
    hint: (text) => void (quiet || io.stderr.write(`${text}\n`)),
    note: (text) => void (verbose && io.stderr.write(`${paintErr('dim', text)}\n`)),
  };
}
