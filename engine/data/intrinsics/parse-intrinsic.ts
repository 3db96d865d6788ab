import type { Json } from '../json.ts';
import { compileArgumentPath, type ArgumentPath } from '../jsonpath/compile-path.ts';
import { readPath } from '../jsonpath/parse-path.ts';
import { scan, type Scanner } from '../scanner.ts';
import { intrinsics } from './intrinsics.ts';

/** A call as written, its functions known. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Argument[];
}

export type Argument =
  | Call
  | { readonly kind: 'path'; readonly path: ArgumentPath }
  | { readonly kind: 'constant'; readonly value: Json }
  /** A text in quotes. `raw` still has its escapes, which `States.Format` needs to tell `{}` from `\{\}`. */
  | { readonly kind: 'text'; readonly raw: string };

const deepestCall = 10;

/**
 * The syntax of an intrinsic call: `States.Format('{} is {}', $.a, States.UUID())`, at most ten calls within each other.
 * @throws ExpressionSyntaxError `SCHEMA_VALIDATION_FAILED`
 */
export function parseIntrinsic(text: string): Call {
  const scanner = scan(text);
  scanner.skipSpaces();
  const call = readCall(scanner, 1);
  scanner.skipSpaces();
  if (!scanner.atEnd()) scanner.fail('nothing may follow the call');
  return call;
}

/** Replaces `\'`, `\{`, `\}` and `\\` by what they stand for. */
export const unescapeText = (raw: string): string => raw.replaceAll(/\\(.)/gs, '$1');

function readCall(scanner: Scanner, depth: number): Call {
  const name = scanner.take(/States\.[A-Za-z0-9]+/y);
  if (!Object.hasOwn(intrinsics, name))
    return scanner.fail(`there is no intrinsic function here; there are ${Object.keys(intrinsics).join(', ')}`);
  if (depth > deepestCall) scanner.fail(`calls may stand in each other ${deepestCall} deep, no deeper`);
  scanner.skipSpaces();
  const args = readArguments(scanner, depth);
  return { kind: 'call', name, args };
}

function readArguments(scanner: Scanner, depth: number): Argument[] {
  scanner.expect('(');
  const args: Argument[] = [];
  for (scanner.skipSpaces(); !scanner.eat(')'); scanner.skipSpaces()) {
    if (args.length > 0) scanner.expect(',');
    scanner.skipSpaces();
    args.push(readArgument(scanner, depth));
  }
  return args;
}

function readArgument(scanner: Scanner, depth: number): Argument {
  const first = scanner.peek();
  if (first === '$') return { kind: 'path', path: compileArgumentPath(takePath(scanner)) };
  if (first === "'") return { kind: 'text', raw: takeText(scanner) };
  if (first === 'S') return readCall(scanner, depth + 1);
  const word = scanner.take(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (word === '') scanner.fail("an argument is a path, a text in '…', a number, true, false, null or a call");
  const value: Json = JSON.parse(word);
  return { kind: 'constant', value };
}

function takePath(scanner: Scanner): string {
  const start = scanner.position();
  readPath(scanner);
  return scanner.text.slice(start, scanner.position());
}

function takeText(scanner: Scanner): string {
  const quoted = scanner.take(/'(?:[^'\\]|\\['{}\\])*'/y);
  return quoted === ''
    ? scanner.fail("a text must end with ', and only \\', \\{, \\} and \\\\ are escapes")
    : quoted.slice(1, -1);
}
