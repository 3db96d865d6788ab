import { exertOver, fullEffort } from '../effort.ts';
import { EvaluationError, ExpressionSyntaxError, type Scope, type Template } from '../evaluation.ts';
import type { Json } from '../json.ts';
import type { ArgumentPath } from '../jsonpath/compile-path.ts';
import { IntrinsicFailure, InvalidArguments, type Intrinsic } from './intrinsic.ts';
import { intrinsics } from './intrinsics.ts';
import { parseIntrinsic, unescapeText, type Argument, type Call } from './parse-intrinsic.ts';

type Evaluate = (scope: Scope) => Json;

/**
 * A call of the `States.*` functions. Evaluation fails with `States.Runtime`, as recorded on AWS: `States.IntrinsicFailure`
 * is in the specification only. A failure quotes the whole text, also when a call within another fails. No recording shows
 * it for a call with the wrong number of arguments where the function is not `States.JsonToString`.
 * @param field with it, a text that is no call is refused in AWS's words for that field; without it, with what is wrong
 * @throws ExpressionSyntaxError `SCHEMA_VALIDATION_FAILED`
 */
export function compileIntrinsic(text: string, field?: string): Template {
  return { evaluate: compileCall(parse(text, field), text.trim()) };
}

function parse(text: string, field: string | undefined): Call {
  try {
    return parseIntrinsic(text);
  } catch (thrown) {
    if (thrown instanceof ExpressionSyntaxError && field !== undefined) throw notAnExpression(field);
    throw thrown;
  }
}

/** The refusal of a field that holds neither a path nor a call, as recorded on AWS. */
export const notAnExpression = (field: string): ExpressionSyntaxError =>
  new ExpressionSyntaxError(
    'SCHEMA_VALIDATION_FAILED',
    `The value for the field '${field}' must be a valid JSONPath or a valid intrinsic function call`,
  );

/** @param whole what failures quote */
function compileCall(call: Call, whole: string): Evaluate {
  const intrinsic = intrinsics[call.name];
  if (intrinsic === undefined) throw new Error(`the parser let '${call.name}' through, which is no intrinsic function`);
  const args = call.args.map((argument, at) => compileArgument(argument, { call, at, whole }));
  return (scope) => {
    const values = args.map((evaluate) => evaluate(scope));
    try {
      return apply(intrinsic, values, scope);
    } catch (thrown) {
      if (!(thrown instanceof IntrinsicFailure)) throw thrown;
      const reason = thrown instanceof InvalidArguments ? `Invalid arguments in ${call.name}` : thrown.message;
      throw new EvaluationError(
        'States.Runtime',
        `There was an error while evaluating the intrinsic function: ${whole}. ${reason}`,
      );
    }
  };
}

function apply(intrinsic: Intrinsic, args: readonly Json[], scope: Scope): Json {
  const effort = scope.effort ?? fullEffort();
  for (const argument of args) exertOver(effort, argument);
  const [least, most] = intrinsic.arity;
  if (args.length < least || args.length > most) throw new InvalidArguments();
  return intrinsic.apply(args, scope.random);
}

interface Position {
  readonly call: Call;
  readonly at: number;
  readonly whole: string;
}

function compileArgument(argument: Argument, { call, at, whole }: Position): Evaluate {
  if (argument.kind === 'call') return compileCall(argument, whole);
  if (argument.kind === 'path') return (scope) => valueAt(argument.path, whole, scope);
  if (argument.kind === 'constant') return () => argument.value;
  const isTemplate = call.name === 'States.Format' && at === 0; // it reads the escapes itself
  const value = isTemplate ? argument.raw : unescapeText(argument.raw);
  return () => value;
}

function valueAt(path: ArgumentPath, whole: string, scope: Scope): Json {
  const value = path.find(scope);
  if (value !== undefined) return value;
  throw new EvaluationError(
    'States.Runtime',
    `The function '${whole}' had the following error: ${path.explain(scope)}`,
  );
}
