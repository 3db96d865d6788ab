import { setTimeout } from 'node:timers';
import { CliFailure } from '../cli-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Io, interruption } from '../io.ts';
import { shortened } from '../text/clean.ts';

/** One request's answer, body read, whatever its status. */
export interface Answer {
  readonly status: number;
  /** The parsed JSON; undefined when the body was something else. */
  readonly body: unknown;
  /** The start of the body as text, for messages. */
  readonly text: string;
  /** All of the body. */
  readonly whole: string;
}

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long the answer may take; 30 s when absent. */
  readonly withinMs?: number;
}

export type Send = (path: string, ask: Ask) => Promise<Answer>;

/** A server that never answers must not hold a terminal for ever. */
const answerWithinMs = 30_000;

/**
 * Requests to one server. `note` hears of each, for `--verbose`.
 * @throws ServerUnreachable when nothing answered, or a host that is still starting
 * @throws Interrupted when the person left meanwhile
 */
export function sender(endpoint: string, io: Io, note: (text: string) => void): Send {
  return async (path, { withinMs = answerWithinMs, ...init }) => {
    const started = io.now();
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`no answer within ${withinMs / 1000} s`)), withinMs);
    try {
      const signal = AbortSignal.any([io.interrupted, late.signal]);
      const response = await io.fetch(`${endpoint}${path}`, { ...init, signal });
      const text = await response.text();
      note(
        `${init.method} ${path} ${init.headers['x-amz-target'] ?? ''} → ${response.status}, ${io.now() - started} ms`,
      );
      if (response.status === 503) throw new Error(`it answered 503: ${shortened(text.trim(), 200)}`);
      return { status: response.status, body: parsed(text), text: text.slice(0, 500), whole: text };
    } catch (thrown) {
      if (interruption(io) !== undefined) throw new Interrupted();
      throw new ServerUnreachable(endpoint, thrown);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The request was given up because `Io.interrupted` fired. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Nothing answered, or only that it cannot yet (503). A watch goes on asking; every other command ends with it. */
export class ServerUnreachable extends CliFailure {
  constructor(endpoint: string, thrown: unknown) {
    super(exitCodes.unexpected, `no Pointsman answers at ${endpoint}`, {
      details: [reasonOf(thrown)],
      try: [
        'pointsman start          start a host on this machine',
        'pointsman --endpoint URL …  when it runs elsewhere',
      ],
    });
  }
}

/** `fetch` hides why in `cause`, and for a name with several addresses in the `errors` of that. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return reasonOf(thrown.errors[0]);
  return thrown.cause === undefined ? thrown.message : reasonOf(thrown.cause);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
