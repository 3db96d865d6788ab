import type { Io } from '../io.ts';
import type { Out } from '../out.ts';
import { visibleWidth } from '../text/table.ts';
import { formatLine } from './format-line.ts';
import type { View } from './view.ts';

/** A tree higher than the screen could not be erased. */
const mostRows = 15;

/** For a terminal: lines scroll by, and below them the open states are redrawn in place. */
export function terminalView({ stderr, utcOffsetMinutes }: Io, { paintErr }: Out): View {
  let drawn: readonly string[] = [];
  const redraw = (above: readonly string[], tree: readonly string[]) => {
    if (above.length === 0 && tree.join('\n') === drawn.join('\n')) return;
    // Up over what was drawn, then clear to the end of the screen: nothing above is touched.
    const erased = drawn.length === 0 ? '' : `\u001b[${drawn.length}A\r\u001b[J`;
    stderr.write(erased + [...above, ...tree].map((line) => `${line}\n`).join(''));
    drawn = tree;
  };
  return {
    show(lines, open) {
      const tree = open.slice(0, mostRows).map((line) => fitted(line, stderr.columns));
      redraw(
        lines.map((line) => formatLine(line, utcOffsetMinutes(line.at), paintErr)),
        tree,
      );
    },
    remark: (text) => redraw([paintErr('yellow', text)], drawn),
    end: () => redraw([], []),
  };
}

/** A line that wraps would take two rows, and the next redraw would leave one of them behind. */
function fitted(line: string, columns: number): string {
  if (visibleWidth(line) < columns) return line;
  let room = Math.max(1, columns - 2);
  // oxlint-disable-next-line no-control-regex -- our own colours, which take no room
  const pieces = line.matchAll(/(\u001b\[\d+m)|[^]/gu);
  const kept = [...pieces].filter(([, colour]) => colour !== undefined || room-- > 0);
  return `${kept.map(([piece]) => piece).join('')}…`;
}
