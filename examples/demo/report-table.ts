import { stripVTControlCharacters } from 'node:util';
import type { ActReport, DemoReport } from './report.ts';
import { deadline, sparkline, weightPath } from './weights.ts';

/** Colours a text, or leaves it as it is. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan', text: string) => string;

const sparklineColumns = 32;
const judgeColumns = 46;

/** The report as a table for a terminal of 130 columns, and what was promised below it. Pure. */
export function reportTable(report: DemoReport, paint: Paint): string {
  const head = ['time', 'act', 'weight of the new release', 'release', 'requests', 'failed', "the judge's verdicts"];
  const rows = report.acts.map((act) => actCells(act, report.from, paint));
  const all = [head.map((title) => [paint('dim', title)]), ...rows];
  const widths = head.map((_, column) => Math.max(...all.flatMap((row) => (row[column] ?? []).map(width))));
  const rule = paint('dim', widths.map((size) => '─'.repeat(size)).join('──'));
  const lines = all.flatMap((row) => [...rowLines(row, widths), rule]);
  return [rule, ...lines, '', ...checkLines(report, paint)].join('\n');
}

const rightAligned = new Set([4, 5]);

function rowLines(cells: readonly (readonly string[])[], widths: readonly number[]): string[] {
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((size, column) => {
        const text = cells[column]?.[line] ?? '';
        const space = ' '.repeat(size - width(text));
        return rightAligned.has(column) ? space + text : text + space;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** A cell is its lines. */
function actCells(act: ActReport, begin: number, paint: Paint): string[][] {
  const asPlanned = act.ended === act.shouldEnd;
  const counts = act.byVersion.map(({ requests, failures }) => ({ requests, failures }));
  const dead = deadline(act.weights, sparklineColumns);
  const judged = judgeLines(act, paint);
  return [
    [clock(act.from - begin), paint('dim', `+${Math.round((act.to - act.from) / 1000)} s`)],
    [`${act.number} ${act.title}`, `  ${act.version} ${paint(asPlanned ? 'green' : 'red', act.ended ?? 'not ended')}`],
    [
      paint('cyan', sparkline(act.weights, sparklineColumns)),
      ...(dead === '' ? [] : [paint('red', dead)]),
      ...(dead === '' ? [] : [`${paint('red', '×')} host dead, router serving`]),
      paint('dim', weightPath(act.weights)),
    ],
    act.byVersion.map(({ version }) => version ?? paint('red', 'none')),
    counts.map(({ requests }) => requests.toLocaleString('en')),
    counts.map(({ failures }) =>
      failures === 0 ? '0' : paint(act.errorRate > 0 ? 'yellow' : 'red', failures.toLocaleString('en')),
    ),
    judged.length === 0 ? [paint('dim', 'not asked: nothing to compare with')] : judged,
  ];
}

const colourOf: Readonly<Record<string, 'green' | 'red' | 'yellow'>> = { safe: 'green', bad: 'red', blind: 'yellow' };

function judgeLines({ judgement, from }: ActReport, paint: Paint): string[] {
  const said = judgement.verdicts
    .filter(({ percent }) => percent > 0)
    .map(({ at, percent, verdict, requests, errors }) => {
      const colour = colourOf[verdict];
      const name = colour ? paint(colour, verdict) : verdict;
      return `${paint('dim', `+${Math.max(0, Math.round((at - from) / 1000))} s`)} at ${percent} %: ${name}, ${errors} of ${requests} failed`;
    });
  return [...said, ...wrapped(judgement.reason ?? '', judgeColumns).map((line) => paint('dim', line))];
}

function checkLines({ checks, passed, from, to, traffic }: DemoReport, paint: Paint): string[] {
  const size = Math.max(...checks.map(({ promise }) => promise.length));
  const sum = `${traffic.requests.toLocaleString('en')} requests, ${traffic.failures} failed, ${((to - from) / 1000).toFixed(0)} s`;
  return [
    ...checks.map(
      ({ promise, found, kept }) =>
        `${kept ? paint('green', '✓') : paint('red', '✗')} ${promise.padEnd(size)}  ${paint('dim', found)}`,
    ),
    '',
    paint(
      'bold',
      passed ? paint('green', `Every promise was kept: ${sum}`) : paint('red', `Not every promise was kept: ${sum}`),
    ),
  ];
}

function wrapped(text: string, columns: number): string[] {
  return text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (word === '') return lines;
    if (last === undefined || last.length + 1 + word.length > columns) return [...lines, word];
    return [...lines.slice(0, -1), `${last} ${word}`];
  }, []);
}

const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

const width = (text: string): number => stripVTControlCharacters(text).length;
