import type { Branch, RestoreTarget } from '../ports/recovery/backup-engine.ts';
import { StepFailure } from '../step-failure.ts';

export const momentInWords = (at: number): string => new Date(at).toISOString();

/** What somebody asked for. */
export function targetInWords(target: RestoreTarget): string {
  if (target.kind === 'moment') return momentInWords(target.at);
  if (target.kind === 'position') return `${target.position.branch}/${target.position.offset}`;
  return target.kind === 'name' ? `the point ${target.name}` : 'the latest';
}

/** One branch, with what only it holds. */
export const branchInWords = ({ branch, from, to, only }: Branch): string =>
  `branch ${branch}, ${momentInWords(from)} to ${momentInWords(to)} (${only})`;

/** What can be restored, for whoever asked for something else. */
export function rangesInWords(branches: readonly Branch[]): string {
  if (branches.length === 0) return 'nothing can be restored yet: there is no backup';
  const names = branches.flatMap(({ points }) => points.map(({ name }) => name)).slice(-10);
  const ranges = branches.map(branchInWords).join('; ');
  return `what can be: ${ranges}${names.length === 0 ? '' : `; by name: ${names.join(', ')}`}`;
}

/** It shows every branch and chooses none: what the other one holds would be lost without a word. */
export function ambiguous(target: RestoreTarget, stops: readonly { readonly path: readonly Branch[] }[]): StepFailure {
  const asked =
    target.kind === 'moment' ? momentInWords(target.at) : target.kind === 'name' ? target.name : `the ${target.kind}`;
  const branches = stops.flatMap(({ path }) => path.slice(-1).map(branchInWords));
  return new StepFailure(
    'Pointsman.AmbiguousTarget',
    `${asked} lies in ${stops.length} branches, and what they hold differs: ${branches.join('; ')}. Name the one you mean as "branch"`,
  );
}
