import type { Effort } from './effort.ts';
import type { EpochMs } from './instant.ts';
import type { Json, JsonObject } from './json.ts';

/** What an expression may see. The same for both query languages; each names the parts in its own way. */
export interface Scope {
  /** `$` in JSONPath, `$states.input` in JSONata. */
  readonly input: Json;
  /** `$$` in JSONPath, `$states.context` in JSONata. */
  readonly context: JsonObject;
  /** Variables of this frame and of the frames around it; inner names never shadow outer ones. */
  readonly variables: JsonObject;
  /** `$states.result`, where the field is evaluated after a result. */
  readonly result?: Json;
  /** `$states.errorOutput`, in a Catcher only. */
  readonly errorOutput?: Json;
  /** The instant of the step: `$now()` and `$millis()` give it, so that a step replays to the same values. */
  readonly now: EpochMs;
  /** The step's own randomness: uniform in [0, 1), and version 4 UUIDs. Deterministic for the step's seed. */
  readonly random: Randomness;
  /** Shared by all expressions of the state; without it, each has its own. */
  readonly effort?: Effort | undefined;
}

export interface Randomness {
  number(): number;
  uuid(): string;
}

/** A compiled field value: a constant, an expression, or a template with expressions in it. */
export interface Template {
  /** @throws EvaluationError */
  evaluate(scope: Scope): Json;
}

/** A compiled JSONPath. */
export interface Path {
  readonly text: string;
  /** @throws EvaluationError `States.Runtime` when the path finds nothing, in AWS's words */
  evaluate(scope: Scope): Json;
  /** undefined when the path finds nothing; never throws for a missing value. */
  find(scope: Scope): Json | undefined;
}

/** A JSONPath that names one place: `$.a.b[0]`. Writing makes the objects on the way. (ASL spec, "Reference Paths") */
export interface ReferencePath {
  readonly text: string;
  /** A copy of `document` with `value` at the place. @throws EvaluationError `States.ResultPathMatchFailure` */
  write(document: Json, value: Json): Json;
}

/** An expression that could not give a value: the state fails with this error name and cause. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  /** An ASL error name: `States.QueryEvaluationError`, `States.Runtime` … */
  readonly error: string;
  /** JSONata: the field it stood in, as AWS writes it: `Output/a/b`, `Choices[1]/Condition`. */
  readonly location: string | undefined;

  constructor(error: string, cause: string, location?: string) {
    super(cause);
    this.error = error;
    this.location = location;
  }
}

/** A text that is no expression at all; the reader turns it into a diagnostic. */
export class ExpressionSyntaxError extends Error {
  override readonly name = 'ExpressionSyntaxError';
  /** `INVALID_JSONATA_EXPRESSION`, `UNSUPPORTED_JSONATA_EXPRESSION` or `SCHEMA_VALIDATION_FAILED`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
