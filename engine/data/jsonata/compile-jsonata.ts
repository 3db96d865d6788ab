import { EvaluationError, ExpressionSyntaxError, type Scope, type Template } from '../evaluation.ts';
import type { Json } from '../json.ts';
import { program, type Program } from './engine.ts';
import { JsonataFailure } from './failure.ts';
import { awsLimits } from './meter.ts';
import { UnsupportedResult } from './to-json.ts';
import { topLevelReference } from './top-level-reference.ts';

/**
 * One JSONata expression. It sees `$states` and each variable as `$name`.
 * Evaluation fails with `States.QueryEvaluationError`, in AWS's words, and is bounded in steps, depth and size.
 * @param source the text between `{%` and `%}`
 * @param field where it stands, as AWS writes it: `Output/a/b`, `Choices[1]/Condition`
 * @throws ExpressionSyntaxError `INVALID_JSONATA_EXPRESSION` or `UNSUPPORTED_JSONATA_EXPRESSION`
 */
export function compileJsonata(source: string, field: string): Template {
  const text = source.trim();
  const { compiled, reference } = read(text);
  if (reference !== undefined)
    throw new ExpressionSyntaxError(
      'UNSUPPORTED_JSONATA_EXPRESSION',
      reference === '$$'
        ? "Reference to '$$' is not supported."
        : `Reference to '${reference}' at the top level is not supported.`,
    );
  const subject = `The JSONata expression '${text}' specified for the field '${field}'`;
  const failed = (what: string) => new EvaluationError('States.QueryEvaluationError', `${subject} ${what}`, field);
  return {
    evaluate(scope) {
      const value = attempt(() => run(compiled, scope), failed);
      if (value === undefined) throw failed('returned nothing (undefined).');
      return value;
    },
  };
}

function read(text: string): { compiled: Program; reference: string | undefined } {
  try {
    const compiled = program(text);
    return { compiled, reference: topLevelReference(compiled.syntax) };
  } catch (thrown) {
    if (thrown instanceof JsonataFailure || thrown instanceof RangeError)
      // nested too deeply to be walked
      throw new ExpressionSyntaxError('INVALID_JSONATA_EXPRESSION', thrown.message);
    throw thrown;
  }
}

const run = (compiled: Program, scope: Scope): Json | undefined =>
  compiled.runToJson({
    bindings: scope.variables,
    states: statesOf(scope),
    now: scope.now,
    random: scope.random,
    limits: awsLimits,
    effort: scope.effort,
  });

function statesOf({ input, context, result, errorOutput }: Scope): Readonly<Record<string, Json>> {
  return {
    input,
    ...(result !== undefined && { result }),
    ...(errorOutput !== undefined && { errorOutput }),
    context,
  };
}

function attempt<Value>(evaluate: () => Value, failed: (what: string) => EvaluationError): Value {
  try {
    return evaluate();
  } catch (thrown) {
    if (thrown instanceof UnsupportedResult) throw failed('returned an unsupported result type.');
    if (!(thrown instanceof JsonataFailure)) throw thrown;
    const { code, message } = thrown;
    throw failed(`threw an error during evaluation${code === undefined ? `: ${message}` : `. ${code}: ${message}`}`);
  }
}
