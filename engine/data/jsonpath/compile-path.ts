import { fullEffort } from '../effort.ts';
import { EvaluationError, type Path, type Scope } from '../evaluation.ts';
import { own, shownJson, type Json } from '../json.ts';
import { scan } from '../scanner.ts';
import { compileSteps } from './compile-steps.ts';
import { explainMiss } from './explain-miss.ts';
import { parsePath } from './parse-path.ts';
import type { PathSyntax, Root } from './syntax.ts';

/**
 * A path as Jayway JsonPath reads it, which is what AWS runs: `$.a[0]`, `$$.Execution.Id`, `$variable.b`, `$..c`, `$.d[?(@.e > 1)]`.
 * A path that can find several values gives an array of them.
 * @param field the field it stands in, which decides the words of the failure: `InputPath`, `ErrorPath`, `value.$`
 * @throws ExpressionSyntaxError `SCHEMA_VALIDATION_FAILED`
 */
export function compilePath(text: string, field?: string): Path {
  const syntax = parsePath(text);
  if (syntax.root.kind === 'item') scan(text).fail("a path starts with '$'; '@' stands only inside a filter");
  const select = compileSteps(syntax.steps);
  const find = (scope: Scope): Json | undefined => {
    const document = rootOf(syntax.root, scope);
    return document === undefined ? undefined : select(document, scope.effort ?? fullEffort());
  };
  return {
    text,
    find,
    evaluate(scope) {
      const value = find(scope);
      if (value === undefined) throw missing(text, field, syntax, scope);
      return value;
    },
  };
}

/** A path among the arguments of an intrinsic function. */
export interface ArgumentPath {
  /** undefined when it finds nothing, an index past the end of an array among that. */
  find(scope: Scope): Json | undefined;
  /** Why it finds nothing, as captured from AWS: a context path is named as if the context were the input. */
  explain(scope: Scope): string;
}

/** @throws ExpressionSyntaxError `SCHEMA_VALIDATION_FAILED` */
export function compileArgumentPath(text: string): ArgumentPath {
  const { root, steps } = parsePath(text);
  const select = compileSteps(steps, 'nothing');
  return {
    find(scope) {
      const document = rootOf(root, scope);
      return document === undefined ? undefined : select(document, scope.effort ?? fullEffort());
    },
    explain(scope) {
      const document = rootOf(root, scope);
      const why = document === undefined ? '' : explainMiss(steps, document);
      if (why.startsWith('Filter: ')) return why;
      const named = root.kind === 'context' ? text.slice(1) : text;
      return `The JsonPath argument for the field '${named}' could not be found in the input '${shownJson(scope.input)}'`;
    },
  };
}

function rootOf(root: Root, scope: Scope): Json | undefined {
  if (root.kind === 'variable') return own(scope.variables, root.name);
  return root.kind === 'context' ? scope.context : scope.input;
}

/** AWS says it in two ways: the fields it reads as templates name the field and the input, the others quote Jayway. */
function missing(text: string, field: string | undefined, syntax: PathSyntax, scope: Scope): EvaluationError {
  const named = field !== undefined && (field.endsWith('.$') || field === 'ErrorPath' || field === 'CausePath');
  const cause = named
    ? `The JSONPath '${text}' specified for the field '${field}' could not be found in the input '${shownJson(scope.input)}'`
    : `Invalid path '${text}' : ${reason(syntax, scope)}`;
  return new EvaluationError('States.Runtime', cause);
}

function reason({ root, steps }: PathSyntax, scope: Scope): string {
  const document = rootOf(root, scope);
  if (document !== undefined) return explainMiss(steps, document);
  return `There is no such variable; there are: ${Object.keys(scope.variables).join(', ') || 'none'}`;
}
