import * as fc from 'fast-check';
import library from 'jsonata';
import { describe, expect, it } from 'vitest';
import { anyData, anyExpression } from '../../../test/support/jsonata-expressions.ts';
import { scopeOf } from '../../../test/support/scope-of.ts';
import { program } from './engine.ts';
import { JsonataFailure } from './failure.ts';
import { awsLimits } from './meter.ts';
import { UnsupportedResult } from './to-json.ts';

/** JSON of the result, or the failure. */
interface Answer {
  readonly json?: string | undefined;
  readonly code?: string | undefined;
  readonly message?: string;
  /** There is a function in the result, or the library failed or changed its input in a way it did not mean to. */
  readonly isOdd?: boolean;
}

async function ofLibrary(expression: string, data: unknown): Promise<Answer> {
  try {
    const own = structuredClone(data);
    const result: unknown = await library(expression).evaluate(own);
    const changed = JSON.stringify(own) !== JSON.stringify(data);
    return changed || isOdd(result) ? { isOdd: true } : { json: jsonOf(result) };
  } catch (thrown) {
    const { code, message } = thrown as { code?: string; message: string };
    return code === undefined ? { isOdd: true } : { code, message: withoutNames(message) };
  }
}

function ofOurs(expression: string, data: unknown): Answer {
  try {
    const { now, random } = scopeOf();
    const limits = { ...awsLimits, depth: 1000 };
    return { json: jsonOf(program(expression).runToJson({ input: data, bindings: {}, now, random, limits })) };
  } catch (thrown) {
    if (thrown instanceof UnsupportedResult) return { isOdd: true };
    if (!(thrown instanceof JsonataFailure)) throw thrown;
    return { code: thrown.code, message: withoutNames(thrown.message) };
  }
}

/** The library remembers by which name a function was called last, in any expression. */
const withoutNames = (message: string): string => message.replaceAll(/function ("\w+"|undefined)/g, 'function …');

const jsonOf = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'number' && !Number.isFinite(each) ? String(each) : each,
  );

/**
 * Whether it holds a function, or the text of one, or an array that the library changed: it puts nothing into the empty arrays
 * that it groups.
 */
function isOdd(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('async function');
  if (Array.isArray(value) && value.includes(undefined)) return true;
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  if ('_jsonata_function' in value || '_jsonata_lambda' in value) return true;
  return Object.values(value).some(isOdd);
}

describe('the evaluator and jsonata 2.0.6', () => {
  it('give the same answers', async () => {
    await fc.assert(
      fc.asyncProperty(anyExpression, anyData, async (expression, data) => {
        const own = structuredClone(data);
        const [theirs, ours] = [await ofLibrary(expression, data), ofOurs(expression, own)];
        expect(JSON.stringify(own)).toBe(JSON.stringify(data)); // no expression changes what it was given
        if (theirs.isOdd === true) return;
        // Which of two failing parts of an array or object fails first is chance in the library.
        const anyFailure = /[[{|]/.test(expression) && theirs.code !== undefined && ours.code !== undefined;
        if (!anyFailure) expect(ours).toEqual(theirs);
      }),
      { numRuns: Number(process.env.JSONATA_RUNS ?? 1500) },
    );
  });
});
