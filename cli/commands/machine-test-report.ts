import { counted, type Coverage } from '../../engine/rehearsal/index.ts';
import { oneLine } from '../text/clean.ts';
import type { Paint } from '../text/paint.ts';
import { table } from '../text/table.ts';
import { duration } from '../text/time.ts';
import type { CaseReport } from './machine-test.ts';

const colours = { passed: 'green', failed: 'red', sketch: 'yellow' } as const;

/** Cases, then what of the graph they reached, then what none of them did. */
export function testReport(cases: readonly CaseReport[], coverage: Coverage, paint: Paint): string {
  return [
    ...(cases.length === 0 ? [] : [caseTable(cases, paint), '']),
    coverageTable(coverage, paint),
    ...missingLines(coverage, paint),
  ].join('\n');
}

function caseTable(cases: readonly CaseReport[], paint: Paint): string {
  const lines = table([
    ['CASE', 'RESULT', 'ENDED', 'STATES', 'VIRTUAL TIME'].map((title) => paint('dim', title)),
    ...cases.map(({ file, result, status, path, seconds }) => [
      oneLine(file),
      paint(colours[result], result),
      status,
      String(path.length),
      duration(seconds * 1000),
    ]),
  ]).split('\n');
  return [
    lines[0],
    ...cases.flatMap(({ problems }, i) => [lines[i + 1], ...problems.map((each) => `  ${oneLine(each)}`)]),
  ].join('\n');
}

function coverageTable(coverage: Coverage, paint: Paint): string {
  return table([
    ['COVERAGE', 'REACHED', 'OF', '%'].map((title) => paint('dim', title)),
    ...Object.entries(counted(coverage)).map(([kind, { reached, total }]) => [
      kind,
      String(reached),
      String(total),
      total === 0 ? '' : String(Math.floor((100 * reached) / total)),
    ]),
  ]);
}

function missingLines({ missing }: Coverage, paint: Paint): string[] {
  if (missing.length === 0) return [];
  const rows = missing.map(({ kind, state, index, text }) => [
    `  ${index === undefined ? kind : `${kind} ${index + 1}`}`,
    oneLine(state),
    paint('dim', oneLine(text)),
  ]);
  return ['', 'never reached:', table(rows)];
}
