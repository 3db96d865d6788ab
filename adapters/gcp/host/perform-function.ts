import * as z from 'zod/mini';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { EffectNotice } from '../../../engine/runner/ports.ts';
import type { QueuedRunner } from '../../../engine/runner/queued-runner.ts';

const notice = z.object({
  arn: z.string().check(z.startsWith('arn:')),
  effectId: z.string().check(z.minLength(1)),
  kind: z.string(),
  at: z.optional(z.int()),
  link: z.int().check(z.gte(0)),
});

export interface PerformOptions {
  readonly runner: Pick<QueuedRunner, 'perform'>;
  /** Why a request may not call; undefined when it may. */
  readonly problemOf: (authorization: string | null) => string | undefined;
  readonly onProblem: (problem: string, thrown: unknown, about?: string) => void;
}

/**
 * What Cloud Tasks calls: 200 when what came of the notice is committed and sent, and then the task is over; 500 to be called
 * again. Never 429 or 503: those slow down the whole queue.
 */
export function performFunction({
  runner,
  problemOf,
  onProblem,
}: PerformOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const refused = problemOf(request.headers.get('authorization'));
    if (refused !== undefined) {
      onProblem(`a call of the function that performs effects was refused: ${refused}`, undefined);
      return Response.json({ error: refused }, { status: 403 });
    }
    const found = readNotice(await request.text());
    if (found === undefined) return Response.json({ error: 'the body is no notice of an effect' }, { status: 400 });
    try {
      return Response.json({ outcome: await runner.perform(found) });
    } catch (thrown) {
      onProblem('an effect could not be performed and is tried again', thrown, `${found.arn} ${found.effectId}`);
      return Response.json({ error: 'the effect could not be performed' }, { status: 500 });
    }
  };
}

function readNotice(text: string): EffectNotice | undefined {
  const read = notice.safeParse(parsed(text));
  if (!read.success) return undefined;
  const { arn, effectId, kind, at, link } = read.data;
  // Only `kind` decides what is done when the effect is gone; the effect itself is looked up.
  return { arn, effectId, kind: kind as EffectNotice['kind'], at: at === undefined ? undefined : toEpochMs(at), link };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
