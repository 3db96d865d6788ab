import { Interrupted, ServerUnreachable } from '../client/http.ts';
import { type Interruption, type Io, interruption } from '../io.ts';
import type { OpenState, Progress } from '../progress.ts';
import type { Session } from '../session.ts';
import { oneLine } from '../text/clean.ts';
import { duration } from '../text/time.ts';
import { chooseView, redraws } from './choose-view.ts';
import { type Followed, type Follower, followExecution } from './follow-execution.ts';
import { newsReader, recordEvents } from './news.ts';
import { openLines } from './open-lines.ts';
import type { View } from './view.ts';

export interface WatchOptions {
  /** Leave when only a task token can let it go on. */
  readonly noWaitApproval?: boolean;
}

/** How a watch ended. Only `ended` says anything about the execution; in all others it still runs. */
export type Watched =
  | { readonly kind: 'ended'; readonly progress: Progress }
  | { readonly kind: 'timeout' | 'approval' }
  | { readonly kind: 'interrupted'; readonly by: Interruption };

/** Sooner than that nothing is asked again, but right after something is known to be due. */
const askAgain = { firstMs: 250, mostMs: 2000, afterDueMs: 50 };
const redrawMs = 200;
/** A host that is restarted is back long before; one that stays away is an error. */
const patienceMs = 5 * 60_000;
/** Of the lines from before the watch began, these are shown. */
const earlierShown = 20;

/**
 * Follows an execution, and those it waits for, until it ends, showing each change on stderr; with `jsonl` each event
 * goes to stdout too. A host that goes away for a while is waited for.
 * @throws CliFailure when the execution is unknown, or the host stays away
 */
export async function watchExecution(arn: string, session: Session, options: WatchOptions = {}): Promise<Watched> {
  const { io, settings, out } = session;
  out.hint(`Watching ${oneLine(arn)}  (Ctrl-C detaches)`);
  const view = chooseView(arn, session);
  const follower = followExecution(session.client, arn);
  const poll = patiently(follower, io, view);
  const readNews = newsReader();
  const deadline = io.now() + (settings.timeoutMs ?? Number.POSITIVE_INFINITY);
  let waitMs = askAgain.firstMs;
  let nextPoll = io.now();
  let isFirst = true;

  try {
    for (;;) {
      const by = interruption(io);
      if (by !== undefined) return { kind: 'interrupted', by };
      if (io.now() >= nextPoll) {
        waitMs = (await poll()) ? askAgain.firstMs : Math.min(askAgain.mostMs, waitMs * 2);
        const due = nextDue(follower.executions(), io.now()) + askAgain.afterDueMs;
        if (due < io.now() + waitMs) waitMs = askAgain.firstMs;
        nextPoll = Math.min(io.now() + waitMs, due);
      }
      const executions = follower.executions();
      const news = readNews(executions);
      recordEvents(news, out);
      const earlier = isFirst ? Math.max(0, news.lines.length - earlierShown) : 0;
      isFirst = false;
      if (earlier > 0) view.remark(`… ${earlier} earlier changes`);
      const now = io.now();
      const moment = { now, utcOffsetMinutes: io.utcOffsetMinutes(now) };
      view.show(news.lines.slice(earlier), openLines(executions, moment, out.paintErr));

      const progress = executions[0]?.progress;
      if (progress !== undefined && progress.status !== 'RUNNING') return { kind: 'ended', progress };
      if (options.noWaitApproval === true && waitsForToken(executions)) return { kind: 'approval' };
      if (now >= deadline) return { kind: 'timeout' };
      await io.sleep(Math.min(redraws(io) ? redrawMs : Math.max(1, nextPoll - now), deadline - now));
    }
  } catch (thrown) {
    const by = interruption(io); // it may come while the host is being asked
    if (thrown instanceof Interrupted && by !== undefined) return { kind: 'interrupted', by };
    throw thrown;
  } finally {
    view.end();
  }
}

/** Asks for news, and gives false while a host that answered before does not: it is being restarted. */
function patiently(follower: Follower, { now }: Io, view: View): () => Promise<boolean> {
  let hasAnswered = false;
  let silentSince: number | undefined;
  return async () => {
    try {
      const isNew = await follower.poll();
      hasAnswered = true;
      if (silentSince !== undefined) view.remark(`the host answers again, after ${duration(now() - silentSince)}`);
      silentSince = undefined;
      return isNew;
    } catch (thrown) {
      if (!(thrown instanceof ServerUnreachable) || !hasAnswered) throw thrown;
      if (silentSince === undefined)
        view.remark('the host does not answer; what it runs is safe on its disk, asking again');
      silentSince ??= now();
      if (now() - silentSince > patienceMs) throw thrown;
      return false;
    }
  };
}

/** When the next timer or retry is due, of those that are known to be still to come; infinite when there is none. */
function nextDue(executions: readonly Followed[], now: number): number {
  const dues = executions.flatMap(({ progress }) =>
    (progress.open === undefined ? [] : leavesOf(progress.open)).flatMap(({ why }) => {
      const at = why.kind === 'timer' ? why.until : why.kind === 'retry' ? why.at : undefined;
      return at !== undefined && at > now ? [at] : [];
    }),
  );
  return Math.min(Number.POSITIVE_INFINITY, ...dues);
}

/** True when nothing is open but task tokens, so that only somebody's answer can let it go on. */
function waitsForToken(executions: readonly Followed[]): boolean {
  const leaves = executions.flatMap(({ progress }) => (progress.open === undefined ? [] : leavesOf(progress.open)));
  const waiting = leaves.filter(({ why }) => why.kind !== 'child');
  return waiting.length > 0 && waiting.every(({ why }) => why.kind === 'token');
}

const leavesOf = (state: OpenState): OpenState[] =>
  state.inside.length === 0 ? [state] : state.inside.flatMap(leavesOf);
