import { exertOver, fullEffort } from '../effort.ts';
import { EvaluationError, ExpressionSyntaxError, type Path, type Scope, type Template } from '../evaluation.ts';
import { shownJson, type Json } from '../json.ts';
import { IntrinsicFailure, InvalidArguments, type Intrinsic } from './intrinsic.ts';
import { intrinsics } from './intrinsics.ts';
import { parseIntrinsic, unescapeText, type Argument, type Call } from './parse-intrinsic.ts';

type Evaluate = (scope: Scope) => Json;

/**
 * A call of the `States.*` functions. Evaluation fails with `States.Runtime`, as recorded on AWS: `States.IntrinsicFailure`
 * is in the specification only. No recording shows the text for a call with the wrong number of arguments where the
 * function is not `States.JsonToString`, nor which call is named when one within another fails; here it is the inner one.
 * @param field with it, a text that is no call is refused in AWS's words for that field; without it, with what is wrong
 * @throws ExpressionSyntaxError `SCHEMA_VALIDATION_FAILED`
 */
export function compileIntrinsic(text: string, field?: string): Template {
  return { evaluate: compileCall(parse(text, field)) };
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

function compileCall(call: Call): Evaluate {
  const intrinsic = intrinsics[call.name];
  if (intrinsic === undefined) throw new Error(`the parser let '${call.name}' through, which is no intrinsic function`);
  const args = call.args.map((argument, at) => compileArgument(argument, call, at));
  return (scope) =>
    apply(
      intrinsic,
      call,
      args.map((evaluate) => evaluate(scope)),
      scope,
    );
}

function apply(intrinsic: Intrinsic, call: Call, args: readonly Json[], scope: Scope): Json {
  const effort = scope.effort ?? fullEffort();
  for (const argument of args) exertOver(effort, argument);
  try {
    const [least, most] = intrinsic.arity;
    if (args.length < least || args.length > most) throw new InvalidArguments();
    return intrinsic.apply(args, scope.random);
  } catch (thrown) {
    if (!(thrown instanceof IntrinsicFailure)) throw thrown;
    const reason = thrown instanceof InvalidArguments ? `Invalid arguments in ${call.name}` : thrown.message;
    throw new EvaluationError(
      'States.Runtime',
      `There was an error while evaluating the intrinsic function: ${call.text}. ${reason}`,
    );
  }
}

function compileArgument(argument: Argument, call: Call, at: number): Evaluate {
  if (argument.kind === 'call') return compileCall(argument);
  if (argument.kind === 'path') return (scope) => valueAt(argument.path, call, scope);
  if (argument.kind === 'constant') return () => argument.value;
  const isTemplate = call.name === 'States.Format' && at === 0; // it reads the escapes itself
  const value = isTemplate ? argument.raw : unescapeText(argument.raw);
  return () => value;
}

function valueAt(path: Path, call: Call, scope: Scope): Json {
  const value = path.find(scope);
  if (value !== undefined) return value;
  throw new EvaluationError(
    'States.Runtime',
    `The function '${call.text}' had the following error: The JsonPath argument for the field '${path.text}' could not be found in the input '${shownJson(scope.input)}'`,
  );
}
