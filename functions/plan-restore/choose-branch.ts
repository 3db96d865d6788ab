import type { Branch, RestoreTarget } from '../ports/recovery/backup-engine.ts';
import { bytesBetween, covers, type Position } from '../ports/recovery/position.ts';
import { StepFailure } from '../step-failure.ts';
import type { Vault } from './read-vaults.ts';
import { ambiguous, branchInWords, rangesInWords, targetInWords } from './in-words.ts';

/** Where a restore stops, and along which branch it gets there. */
export interface Stop {
  readonly branch: string;
  /** From the first branch to that one. */
  readonly path: readonly Branch[];
  /** Milliseconds since 1970; undefined when the position says it. */
  readonly at: number | undefined;
  readonly position: Position | undefined;
  /** The name it was asked for by. */
  readonly point?: string;
}

/**
 * The branch that a target lies in. After a failover one moment may lie in two, with other rows in each. Pure.
 * @throws StepFailure `Pointsman.AmbiguousTarget` when it is not certain and no branch is named
 * @throws StepFailure `Pointsman.TargetOutOfRange`
 */
export function chooseBranch(vaults: readonly Vault[], target: RestoreTarget, named: string | null): Stop {
  const branches = mergedBranches(vaults);
  const known = named === null ? undefined : branches.find(({ branch }) => branch === named);
  if (named !== null && known === undefined)
    throw new StepFailure(
      'Pointsman.TargetOutOfRange',
      `there is no branch ${named}; ${branches.length === 0 ? 'nothing can be restored' : `there are ${branches.map(branchInWords).join(' ')}`}`,
    );
  const stops = stopsOf(target, branches);
  if (known === undefined) {
    if (stops.length > 1) throw ambiguous(target, stops);
    if (stops[0] !== undefined) return stops[0];
    throw outOfRange(target, branches);
  }
  const path = pathTo(known, branches);
  const stop = stops.findLast((each) => isOn(path, each));
  if (stop === undefined) throw outOfRange(target, path);
  return { ...stop, branch: known.branch, path }; // a place before a fork is the same on the way to the named branch
}

/** Whether a stop is passed on a path: on the last branch of it, or on one before its successor left it. */
function isOn(path: readonly Branch[], { branch, at, position }: Stop): boolean {
  const index = path.findIndex((each) => each.branch === branch);
  const next = path[index + 1];
  if (index < 0 || next === undefined) return index >= 0;
  if (at !== undefined) return at <= next.from;
  return position !== undefined && next.fork !== null && covers(next.fork, position);
}

/** Everything that is the target, on every branch of its own. */
function stopsOf(target: RestoreTarget, branches: readonly Branch[]): readonly Stop[] {
  const stop = (branch: Branch, at?: number, position?: Position): Stop => ({
    branch: branch.branch,
    path: pathTo(branch, branches),
    at,
    position,
  });
  switch (target.kind) {
    case 'moment': {
      const inside = branches.filter(({ from, to }) => from <= target.at && target.at <= to);
      return inside.filter((branch) => !isCommon(branch, target.at, inside)).map((branch) => stop(branch, target.at));
    }
    case 'name':
      return branches.flatMap((branch) =>
        branch.points
          .filter(({ name }) => name === target.name)
          .map(({ position }) => ({ ...stop(branch, undefined, position), point: target.name })),
      );
    case 'position': {
      const branch = branches.find((each) => each.branch === target.position.branch);
      return branch !== undefined && covers(branch.end, target.position)
        ? [stop(branch, undefined, target.position)]
        : [];
    }
    case 'latest': {
      const isParent = (branch: Branch) => branches.some(({ parent }) => parent === branch.branch);
      return branches.filter((branch) => !isParent(branch)).map((branch) => stop(branch, undefined, branch.end));
    }
    default:
      return [];
  }
}

/**
 * Whether another branch says the same of the moment, because its parent was left at its very end: a planned switchover. At
 * the fork that is the parent, behind it the child.
 */
function isCommon(branch: Branch, at: number, others: readonly Branch[]): boolean {
  const isWhole = (parent: Branch, child: Branch) =>
    child.parent === parent.branch && child.fork !== null && bytesBetween(child.fork, parent.end) <= 0n;
  return others.some(
    (other) => (isWhole(branch, other) && at > other.from) || (isWhole(other, branch) && at <= branch.from),
  );
}

export function pathTo(branch: Branch, branches: readonly Branch[]): readonly Branch[] {
  const parent = branches.find((each) => each.branch === branch.parent);
  return parent === undefined ? [branch] : [...pathTo(parent, branches), branch];
}

/** Each branch as far as any vault knows it, oldest first. */
function mergedBranches(vaults: readonly Vault[]): readonly Branch[] {
  const merged = new Map<string, Branch>();
  for (const branch of vaults.flatMap(({ branches }) => branches)) {
    const before = merged.get(branch.branch) ?? branch;
    const farther = covers(branch.end, before.end) ? branch : before;
    const points = [...before.points, ...branch.points];
    merged.set(branch.branch, {
      ...farther,
      from: Math.min(before.from, branch.from),
      to: Math.max(before.to, branch.to),
      points: points.filter(({ name }, i) => points.findIndex((point) => point.name === name) === i),
    });
  }
  return [...merged.values()];
}

function outOfRange(target: RestoreTarget, branches: readonly Branch[]): StepFailure {
  return new StepFailure(
    'Pointsman.TargetOutOfRange',
    `${targetInWords(target)} cannot be restored; ${rangesInWords(branches)}`,
  );
}
