import type { Io } from '../io.ts';
import type { Out } from '../out.ts';
import { clockTime } from '../text/time.ts';
import { formatLine } from './format-line.ts';
import type { View } from './view.ts';

const heartbeatMs = 60_000;

/** For logs: a line for each change, and what is waited for once a minute when nothing changes. */
export function logView({ stderr, now, utcOffsetMinutes }: Io, { paintErr }: Out): View {
  let lastWrite = now();
  const write = (text: string) => {
    stderr.write(`${text}\n`);
    lastWrite = now();
  };
  const clock = () => clockTime(now(), utcOffsetMinutes(now()));
  return {
    show(lines, open) {
      for (const line of lines) write(formatLine(line, utcOffsetMinutes(line.at), paintErr));
      if (now() - lastWrite < heartbeatMs || open.length === 0) return;
      write([`${clock()}  still running`, ...open.map((line) => `          | ${line}`)].join('\n'));
    },
    remark: (text) => write(`${clock()}  ${text}`),
    end: () => undefined,
  };
}
