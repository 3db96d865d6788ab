import type { Backup, Branch, RecoveryPoint, RestoreTarget } from '../../../functions/ports/recovery/backup-engine.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { commitsIn, type LoggedCommit } from '../store/read-commits.ts';
import { covering, endOf, type BranchFacts, type ChangeLog } from './change-log.ts';

/** A commit in the archived changes. */
export interface ArchivedCommit extends LoggedCommit {
  readonly branch: string;
  /** Offset behind it. */
  readonly offset: bigint;
  /** By when it had been made, milliseconds since 1970. */
  readonly madeBy: number;
}

/** Branches that can be restored from a vault, oldest first. */
export async function listBranches(log: ChangeLog, backups: readonly Backup[]): Promise<readonly Branch[]> {
  const all = await log.branches();
  const listed = await Promise.all(all.map((facts) => describe(log, facts, all, backups)));
  return listed.filter((branch) => branch !== undefined);
}

async function describe(
  log: ChangeLog,
  facts: BranchFacts,
  all: readonly BranchFacts[],
  backups: readonly Backup[],
): Promise<Branch | undefined> {
  const segments = await log.segments(facts.branch);
  const end = endOf(facts, segments);
  const isWhole = (from: bigint) => {
    try {
      covering(facts.branch, segments, from, end);
      return true;
    } catch {
      return false;
    }
  };
  const own = backups.filter(({ to }) => to.branch === facts.branch);
  const usable = own.filter(({ to }) => isWhole(BigInt(to.offset)));
  const isBehindFork = facts.parent !== null && backups.length > 0 && isWhole(BigInt(facts.fork));
  const from = isBehindFork
    ? facts.forkedAt
    : Math.min(...(usable.length > 0 ? usable : own).map((each) => each.takenAt));
  if (!Number.isFinite(from)) return undefined;
  const child = all.find(({ parent }) => parent === facts.branch);
  return {
    branch: facts.branch,
    parent: facts.parent,
    fork: facts.parent === null ? null : { branch: facts.parent, offset: facts.fork },
    from,
    to: Math.max(from, facts.drainedAt),
    end: { branch: facts.branch, offset: String(end) },
    only:
      child === undefined
        ? `what was changed since ${timeOf(from)}`
        : `${end - BigInt(child.fork)} bytes of changes until ${timeOf(facts.drainedAt)}, then abandoned for ${child.branch}`,
    points: facts.points.filter(({ at }) => at >= from),
  };
}

const timeOf = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/** What must be replayed over a backup to be at the target, and where that is. */
export interface Replay {
  readonly commits: readonly ArchivedCommit[];
  readonly branch: string;
  readonly offset: bigint;
}

/**
 * @throws StepFailure `Pointsman.TargetNotReached` when what is stored ends before the target or begins after it
 * @throws StepFailure `Pointsman.BackupUnusable` naming changes that are missing or damaged
 */
export async function planReplay(
  log: ChangeLog,
  backup: Backup,
  branch: string,
  target: RestoreTarget,
): Promise<Replay> {
  const path = await pathTo(log, backup, branch);
  const last = path.at(-1);
  if (last === undefined) throw notReached(`${backup.id} is of ${backup.to.branch}, which does not lead to ${branch}`);
  const point = target.kind === 'name' ? pointIn(path, target.name) : undefined;
  const wanted = target.kind === 'position' ? target.position : point?.position;
  if (target.kind === 'moment' && (target.at < backup.takenAt || target.at > last.facts.drainedAt))
    throw notReached(
      `${new Date(target.at).toISOString()} is not within what ${backup.id} and the changes behind it hold`,
    );

  const commits: ArchivedCommit[] = [];
  let at = { branch: backup.to.branch, offset: BigInt(backup.to.offset) };
  for (const step of path) {
    const isLast = wanted?.branch === step.facts.branch;
    const to = isLast && wanted !== undefined ? BigInt(wanted.offset) : step.to;
    if (to > step.to || to < step.from)
      throw notReached(`${to} of ${step.facts.branch} is not stored behind ${backup.id}`);
    if (to > step.from && step.from < BigInt(step.facts.trimmed))
      throw notReached(`the changes behind ${backup.id} were trimmed: it can be restored to its own moment only`);
    const found = await commitsBetween(log, step.facts.branch, step.from, to);
    const fitting = target.kind === 'moment' ? takeUntil(found, target.at) : found;
    commits.push(...fitting);
    at = { branch: step.facts.branch, offset: fitting.at(-1)?.offset ?? step.from };
    if (isLast) return { commits, ...at, offset: to };
    if (fitting.length < found.length) return { commits, ...at };
  }
  if (wanted !== undefined) throw notReached(`${wanted.branch} is not on the way from ${backup.id} to ${branch}`);
  return { commits, ...at };
}

interface Step {
  readonly facts: BranchFacts;
  readonly from: bigint;
  readonly to: bigint;
}

/** From the backup's branch, fork by fork; empty when none leads there. */
async function pathTo(log: ChangeLog, backup: Backup, branch: string): Promise<readonly Step[]> {
  const all = new Map((await log.branches()).map((facts) => [facts.branch, facts]));
  const steps: Step[] = [];
  let end: bigint | undefined;
  for (let facts = all.get(branch); facts !== undefined; facts = all.get(facts.parent ?? '')) {
    const to = end ?? endOf(facts, await log.segments(facts.branch));
    const isOwn = facts.branch === backup.to.branch;
    steps.unshift({ facts, from: isOwn ? BigInt(backup.to.offset) : BigInt(facts.fork), to });
    end = BigInt(facts.fork);
    if (isOwn) return BigInt(backup.to.offset) <= to ? steps : [];
  }
  return [];
}

async function commitsBetween(
  log: ChangeLog,
  branch: string,
  from: bigint,
  to: bigint,
): Promise<readonly ArchivedCommit[]> {
  const segments = covering(branch, await log.segments(branch), from, to);
  const pieces = await Promise.all(segments.map((segment) => log.read(branch, segment)));
  const first = segments[0];
  if (first === undefined) return [];
  const skipped = Number(from - first.start);
  const bytes = Buffer.concat(pieces).subarray(skipped, skipped + Number(to - from));
  let next = 0;
  return commitsIn(bytes).map((commit) => {
    const offset = from + BigInt(commit.end);
    while ((segments[next]?.end ?? offset) < offset) next += 1;
    // Its second has ended, or it was archived: the earlier of both is known.
    const bySecond = commit.at > 0 ? commit.at + 999 : Number.POSITIVE_INFINITY;
    return { ...commit, branch, offset, madeBy: Math.min(bySecond, segments[next]?.at ?? Number.POSITIVE_INFINITY) };
  });
}

function takeUntil(commits: readonly ArchivedCommit[], at: number): readonly ArchivedCommit[] {
  const first = commits.findIndex(({ madeBy }) => madeBy > at);
  return first < 0 ? commits : commits.slice(0, first);
}

function pointIn(path: readonly Step[], name: string): RecoveryPoint {
  for (const { facts, from, to } of path.toReversed()) {
    const found = facts.points.find((point) => point.name === name);
    if (found && BigInt(found.position.offset) >= from && BigInt(found.position.offset) <= to) return found;
  }
  throw notReached(`nobody marked ${name} behind the backup on this branch`);
}

const notReached = (found: string): StepFailure => new StepFailure('Pointsman.TargetNotReached', found);
