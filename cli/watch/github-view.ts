import type { Io } from '../io.ts';
import type { Out } from '../out.ts';
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
          io.stderr.write(`::error title=${escapedTitle(label)}::${escaped([text, ...details].join('\n'))}\n`);
    },
    end() {
      log.end();
      io.stderr.write('::endgroup::\n');
    },
  };
}

/** A workflow command ends with its line, so text from elsewhere must not bring one of its own. */
export const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapedTitle = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
