import { Refusal } from '../refusal.ts';
import type { RunningRecovery } from './group-statuses.ts';

export interface GroupRuns {
  /** Holds the group: a switchover, a failover, a failback. */
  readonly holder: RunningRecovery | null;
  /** Backups, restores and drills, which run beside it. */
  readonly besides: readonly RunningRecovery[];
}

/**
 * The run that an order is for: the one that is named, else what holds the group, else the only one there is.
 * @throws Refusal 409 when there is none, or more than one that could be meant
 */
export function orderTarget(group: string, { holder, besides }: GroupRuns, named: string | undefined): RunningRecovery {
  const all = [...(holder === null ? [] : [holder]), ...besides];
  const names = all.map(({ executionArn }) => nameOf(executionArn)).join(', ');
  const hint = `pointsman recovery status ${group}`;
  if (named !== undefined) {
    const found = all.find(({ executionArn }) => nameOf(executionArn) === named);
    if (found !== undefined) return found;
    throw new Refusal(
      409,
      'NoRun',
      `no run ${named} is on ${group}; ${names === '' ? 'nothing runs' : `there is ${names}`}`,
      hint,
    );
  }
  const [only, ...others] = besides;
  if (holder !== null) return holder;
  if (only === undefined) throw new Refusal(409, 'NoRun', `nothing runs on ${group}`, hint);
  if (others.length === 0) return only;
  throw new Refusal(
    409,
    'ManyRuns',
    `several runs are on ${group}: ${names}`,
    'name the one that is meant: --run NAME',
  );
}

/** The runs that can wait or go on with a loss; the others hear an abort alone. */
const MOVES = ['switchover', 'failover', 'failback'];

/** @throws Refusal 409 for what the run would not hear */
export function refuseUnheard(order: string, { executionArn }: RunningRecovery): void {
  const workflow = executionArn.split(':').at(-2) ?? '';
  if (order === 'abort' || MOVES.includes(workflow)) return;
  const name = nameOf(executionArn);
  throw new Refusal(
    409,
    'NotHeard',
    `${name} is a ${workflow} and hears no ${order}, only abort`,
    `pointsman recovery abort GROUP --run ${name}`,
  );
}

/** Of `arn:…:execution:<machine>:<name>`. */
export const nameOf = (executionArn: string): string => executionArn.split(':').at(-1) ?? executionArn;
