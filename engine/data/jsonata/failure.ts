/** What a message may tell about a failure. */
export interface Details {
  /** The operator or function that failed. */
  token?: string;
  readonly value?: unknown;
  readonly value2?: unknown;
  /** Of an argument, from 1. */
  readonly index?: number;
  readonly type?: string | undefined;
  readonly exp?: unknown;
  readonly functionName?: string;
  readonly message?: string;
}

/** What JSONata threw: while parsing or while running. */
export class JsonataFailure extends Error {
  override readonly name = 'JsonataFailure';
  /** JSONata's own code, `T1006`; undefined where it has none. */
  readonly code: string | undefined;
  readonly details: Details;

  constructor(code: string | undefined, message: string, details: Details = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A failure whose message is written when it leaves the expression: the operators and calls on its way add their names. */
export const failure = (code: string, details: Details = {}): JsonataFailure =>
  new JsonataFailure(code, details.message ?? '', details);

/** Notes the operator or function in which something was thrown, unless one nearer to it has. */
export function named(thrown: unknown, token: string | undefined): unknown {
  if (thrown instanceof JsonataFailure && token !== undefined) thrown.details.token ||= token;
  return thrown;
}

/** As `named`, for the operators that take every failure in their operands for theirs. */
export function renamed(thrown: unknown, token: string): unknown {
  if (thrown instanceof JsonataFailure) thrown.details.token = token;
  return thrown;
}
