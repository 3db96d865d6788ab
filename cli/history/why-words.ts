import type { OpenState, Why } from '../progress.ts';
import { oneLine, shortened } from '../text/clean.ts';
import { clockTime, duration } from '../text/time.ts';
import { unreachable } from '../unreachable.ts';
import { machineInArn, nameInArn } from './details.ts';

/** What words need of the world: the instant, and the local clock. */
export interface Moment {
  readonly now: number;
  readonly utcOffsetMinutes: number;
}

/** What an open state waits for and since when: `until 12:00:05 (in 3 s)`, `calls shift-traffic, since 12:00:01 (2 s)`. */
export function whyWords({ why, attempt }: OpenState, moment: Moment): string {
  const since = `since ${clockTime(why.since, moment.utcOffsetMinutes)} (${duration(moment.now - why.since)})`;
  const again = attempt > 1 && why.kind !== 'retry' ? `, attempt ${attempt}` : '';
  return `${reason(why, attempt, moment)}${again}, ${since}`;
}

function reason(why: Why, attempt: number, moment: Moment): string {
  switch (why.kind) {
    case 'starting':
      return 'goes on';
    case 'function':
    case 'service':
      return `calls ${oneLine(why.name)}`;
    case 'activity':
      return `waits for a worker of ${oneLine(why.name)}`;
    case 'token':
      return `waits for the answer to its task token (${oneLine(why.name)})`;
    case 'timer':
      return why.until === undefined ? 'waits for its timer' : `waits until ${due(why.until, moment)}`;
    case 'retry': {
      const next =
        why.at === undefined ? 'goes on' : `retry ${attempt} ${why.atMost ? 'by' : 'at'} ${due(why.at, moment)}`;
      return `${next} after ${shortened([why.error, why.cause].filter(Boolean).join(': '), 120)}`;
    }
    case 'child':
      return `waits for ${oneLine(machineInArn(why.arn))} ${oneLine(nameInArn(why.arn))}`;
    case 'branches':
      return why.total === 0 ? `${why.done} branches done` : `${why.done} of ${why.total} branches done`;
    case 'items':
      return `${why.done} of ${why.total} items done${why.failed === 0 ? '' : `, ${why.failed} failed`}`;
    default:
      return unreachable(why);
  }
}

const due = (at: number, { now, utcOffsetMinutes }: Moment): string =>
  `${clockTime(at, utcOffsetMinutes)} (${at > now ? `in ${duration(at - now)}` : 'any moment'})`;
