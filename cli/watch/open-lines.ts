import { whyWords, type Moment } from '../history/why-words.ts';
import type { OpenState } from '../progress.ts';
import { oneLine } from '../text/clean.ts';
import type { Paint } from '../text/paint.ts';
import type { Followed } from './follow-execution.ts';

/** More open branches or items than this are counted, not shown. */
const shownInside = 6;

/** The open states of what is followed as a small tree, children under the state that waits for them. */
export function openLines(executions: readonly Followed[], moment: Moment, paint: Paint): string[] {
  const childOf = new Map(executions.map((each) => [each.arn, each]));
  const draw = (state: OpenState, indent: string): string[] => {
    const label = state.label === undefined ? '' : paint('dim', `${state.label}  `);
    const here = `${indent}${paint('cyan', icons[state.why.kind])} ${label}${paint('bold', oneLine(state.name))}  ${whyWords(state, moment)}`;
    const inside = state.inside.slice(0, shownInside).flatMap((each) => draw(each, `${indent}  `));
    const rest = state.inside.length - shownInside;
    if (rest > 0) inside.push(`${indent}  ${paint('dim', `… and ${rest} more`)}`);
    const child = state.why.kind === 'child' ? childOf.get(state.why.arn) : undefined;
    return [here, ...inside, ...(child === undefined ? [] : drawOpen(child, `${indent}  `))];
  };
  const drawOpen = ({ progress }: Followed, indent: string): string[] =>
    progress.open === undefined ? [] : draw(progress.open, indent);
  const [root] = executions;
  return root === undefined ? [] : drawOpen(root, '');
}

const icons: Readonly<Record<OpenState['why']['kind'], string>> = {
  starting: '▸',
  function: '▸',
  service: '▸',
  activity: '◌',
  token: '◌',
  timer: '◷',
  retry: '↻',
  child: '▾',
  branches: '▾',
  items: '▾',
};
