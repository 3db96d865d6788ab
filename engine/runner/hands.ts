import type { ExecutionEvent } from '../core/index.ts';
import type { EffectWork } from './effect-work.ts';
import type { Ask } from './mailboxes.ts';
import type { Performer } from './performer.ts';
import type { ExecutionArn } from './ports.ts';

/** Who performs what a runner commits. */
export interface Hands {
  performer(work: EffectWork): Performer;
  /** Present where several processes perform the effects of an execution, and each may end at any moment. */
  readonly among?: Among;
}

/** What a process has to look at that is not alone. */
export interface Among {
  /** Something asked for was there before: whoever did it may have ended before its effects were in anybody's hands. */
  repeated(arn: ExecutionArn): Promise<unknown>;
  /** Whether an effect still waits in the outbox. One that started a child looks again: it may have been taken back. */
  isOpen(arn: ExecutionArn, effectId: string): Promise<boolean>;
}

/** Events that leave no effect behind: that they changed nothing says nothing. */
const QUIET: ReadonlySet<ExecutionEvent['kind']> = new Set([
  'EffectDone',
  'TaskSubmitted',
  'MapRunStopped',
  'HeartbeatReceived',
]);

/** Asks, and has looked after what changed nothing. */
export function askAmong(post: Ask, among: Among | undefined): Ask {
  if (among === undefined) return post;
  return async (arn, letter) => {
    const answer = await post(arn, letter);
    if (answer === 'ignored' && !QUIET.has(letter.event.kind)) await among.repeated(arn);
    return answer;
  };
}
