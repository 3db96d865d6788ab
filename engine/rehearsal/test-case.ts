import { parse } from 'yaml';
import * as z from 'zod/mini';
import type { Json } from '../data/json.ts';

const json = z.custom<Json>((value) => value !== undefined);

const mock = z.strictObject({
  /** JSON text as in TestState, or the value itself when it is no text. */
  result: z.optional(json),
  errorOutput: z.optional(z.strictObject({ error: z.optional(z.string()), cause: z.optional(z.string()) })),
  /** The worker never answers: only the state's own timeout or heartbeat ends it. */
  unanswered: z.optional(z.literal(true)),
  /** What the service says when it has taken work that ends later; only with `.sync` and `.waitForTaskToken`. */
  submitted: z.optional(json),
  /** From the start of the attempt to the answer, in virtual time; 0 by default. */
  afterSeconds: z.optional(z.number().check(z.gte(0))),
  /** How many attempts in a row it answers; 1 by default. The last mock of a state answers all that follow. */
  times: z.optional(z.int().check(z.gte(1))),
  fieldValidationMode: z.optional(z.enum(['STRICT', 'PRESENT', 'NONE'])),
});

const status = z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'RUNNING']);

const shape = z.strictObject({
  comment: z.optional(z.string()),
  /** Written by a machine and not yet looked at by a person: it is shown and not counted. */
  sketch: z.optional(z.boolean()),
  input: z._default(json, {}),
  /** ISO 8601; the beginning of 2026 by default. */
  startedAt: z.optional(z.iso.datetime({ offset: true })),
  /** What the context object shows. */
  executionArn: z.optional(z.string().check(z.regex(/^arn:[^:]+:states:[^:]*:[^:]*:execution:[^:]+:[^:]+$/))),
  roleArn: z.optional(z.string()),
  mocks: z._default(z.record(z.string(), z.union([mock, z.array(mock).check(z.minLength(1))])), {}),
  /** Somebody stops the execution. */
  stop: z.optional(
    z.strictObject({ afterSeconds: z.number(), error: z.optional(z.string()), cause: z.optional(z.string()) }),
  ),
  /** Somebody redrives the execution, each time so long after it ended without success, in virtual time. */
  redrivesAfterSeconds: z.optional(z.array(z.number().check(z.gte(0)))),
  expect: z.strictObject({
    status: z.optional(status),
    output: z.optional(json),
    error: z.optional(z.string()),
    cause: z.optional(z.string()),
    path: z.optional(z.array(z.string())),
  }),
});

/**
 * One run of a whole machine: what goes in, what its tasks answer (by state, in the form of TestState's mocks), and what
 * is to come out. Names in `path` are those of the states entered, in order; `...` stands for any number of them.
 */
export type TestCase = z.output<typeof shape>;

/** How a task is answered. Exactly one of `result`, `errorOutput` and `unanswered` is there. */
export type Mock = z.output<typeof mock>;

/** A case from its YAML or JSON text, or what is wrong with it. */
export function readCase(text: string): { readonly case: TestCase } | { readonly problems: readonly string[] } {
  const value = parsed(text);
  if ('problem' in value) return { problems: [value.problem] };
  const read = shape.safeParse(value.value);
  if (!read.success) return { problems: read.error.issues.map((issue) => issueText(issue, [])) };
  const problems = Object.entries(read.data.mocks).flatMap(([state, mocks]) =>
    [mocks].flat().flatMap((each) => mockProblems(each).map((problem) => `mocks.${state}: ${problem}`)),
  );
  return problems.length > 0 ? { problems } : { case: read.data };
}

/** The value that a mock's `result` stands for. @throws SyntaxError for a text that is no JSON */
export const resultOf = ({ result }: Mock): Json =>
  typeof result === 'string' ? (JSON.parse(result) as Json) : (result ?? null);

function parsed(text: string): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: parse(text) };
  } catch (thrown) {
    return { problem: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** Where it is, and what would be right. */
function issueText(issue: z.core.$ZodIssue, around: readonly PropertyKey[]): string {
  const path = [...around, ...issue.path];
  const place = path.length === 0 ? 'the case' : path.join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${place} has no field ${issue.keys.join(', ')}`;
    case 'invalid_type':
      return `${place} must be of type ${issue.expected}`;
    case 'invalid_value':
      return `${place} must be one of ${issue.values.join(', ')}`;
    case 'invalid_union': {
      // One mock or a list of them: the alternative that went further knows better.
      const nested = issue.errors.flat().find((each) => each.path.length > 0 || each.code === 'unrecognized_keys');
      return nested === undefined ? `${place} must be a mock or a list of mocks` : issueText(nested, path);
    }
    default:
      return `${place}: ${issue.message}`;
  }
}

function mockProblems(given: Mock): string[] {
  const kinds = [given.result, given.errorOutput, given.unanswered].filter((each) => each !== undefined);
  if (kinds.length !== 1) return ['a mock has one of the fields result, errorOutput and unanswered'];
  try {
    resultOf(given);
    return [];
  } catch {
    return ['Mocked result must be valid JSON; a text as a value is written as "\\"text\\""'];
  }
}
