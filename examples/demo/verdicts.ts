import * as z from 'zod/mini';

/** What the judge said, from the moment on that it began to say so. */
export interface Verdict {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What the new release was sent, 0–100. */
  readonly percent: number;
  readonly verdict: string;
  /** What it had answered by then, and how much of it failed. */
  readonly requests: number;
  readonly errors: number;
}

/** The judge's verdicts over a rollout, oldest first, and the reason of the last one. */
export interface Judgement {
  readonly verdicts: readonly Verdict[];
  readonly reason: string | null;
}

/** The part of the judge's output that is shown; see functions/judge-canary. */
const judgeOutput = z.looseObject({
  verdict: z.string(),
  reason: z.string(),
  memory: z.looseObject({
    verdicts: z.array(
      z.object({ at: z.number(), percent: z.number(), verdict: z.string(), requests: z.number(), errors: z.number() }),
    ),
  }),
});

/**
 * Finds what the judge said last in the history of a canary; it carries what was said before.
 * @param history events of GetExecutionHistory, in any order
 */
export function judgementIn(history: readonly Readonly<Record<string, unknown>>[]): Judgement {
  const judged = history.flatMap(({ id, ...event }) => {
    const output = readJson(Object.values(event).flatMap(outputOf)[0]);
    const found = judgeOutput.safeParse(unwrapped(output));
    return found.success ? [{ id: Number(id), ...found.data }] : [];
  });
  const last = judged.reduce<(typeof judged)[number] | undefined>((a, b) => (a && a.id > b.id ? a : b), undefined);
  return { verdicts: last?.memory.verdicts ?? [], reason: last?.reason ?? null };
}

/** The details of `TaskSucceeded` and `LambdaFunctionSucceeded` have their result as text under `output`. */
const outputOf = (details: unknown): string[] =>
  typeof details === 'object' && details !== null && 'output' in details && typeof details.output === 'string'
    ? [details.output]
    : [];

/** A Lambda invocation through `lambda:invoke` has the function's own result under `Payload`. */
const unwrapped = (output: unknown): unknown =>
  typeof output === 'object' && output !== null && 'Payload' in output ? output.Payload : output;

function readJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
