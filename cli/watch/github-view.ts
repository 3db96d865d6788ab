import type { Io } from '../io.ts';
import type { Out } from '../out.ts';
import { escaped, escapedValue } from '../text/github.ts';
import { logView } from './log-view.ts';
import type { View } from './view.ts';

/** GitHub Actions: the log folded into a group named `title`, and an annotation for what went wrong. */
export function githubView(title: string, io: Io, out: Out): View {
  const log = logView(io, out);
  io.stderr.write(`::group::${escaped(title)}\n`);
  return {
    ...log,
    show(lines, open) {
      log.show(lines, open);
      for (const { level, label, text, details } of lines)
        if (level === 'error')
          io.stderr.write(`::error title=${escapedValue(label)}::${escaped([text, ...details].join('\n'))}\n`);
    },
    end() {
      log.end();
      io.stderr.write('::endgroup::\n');
    },
  };
}
