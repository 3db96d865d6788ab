import { failure } from '../failure.ts';
import { matchParameters } from './match-parameters.ts';
import { type Parameter, readSignature } from './read-signature.ts';

/** The arguments as the function wants them: arrays made of single values, the context item where one is missing. */
export type Signature = (args: readonly unknown[], context: unknown) => readonly unknown[];

/**
 * Compiles JSONata's notation for parameters: `<s-nn?:s>`.
 * The result throws JsonataFailure `T0410`, `T0411` or `T0412` for arguments that do not match.
 */
export function compileSignature(definition: string): Signature {
  const parameters = readSignature(definition);
  const simple = parameters.every(({ most, lazy }) => most === 1 && !lazy);
  return (args, context) => {
    if (simple) {
      const fitting = fitEach(parameters, args, context);
      if (fitting !== undefined) return fitting;
    }
    const symbols = args.map(symbolOf).join('');
    const counts = matchParameters(parameters, symbols, true);
    if (counts === undefined) throw mismatch(parameters, symbols, args);
    return fitted(parameters, counts, symbols, args, context);
  };
}

/**
 * The arguments for the first parameters, one for each, and none for the others: what nearly all calls want.
 * @returns undefined when they do not fit like this
 */
function fitEach(
  parameters: readonly Parameter[],
  args: readonly unknown[],
  context: unknown,
): readonly unknown[] | undefined {
  if (args.length > parameters.length) return undefined;
  let special = false;
  for (let at = 0; at < parameters.length; at++) {
    const parameter = parameters[at];
    if (parameter === undefined) return undefined;
    const given = at < args.length;
    if (given ? !parameter.symbols.includes(symbolOf(args[at])) : parameter.least > 0) return undefined;
    if (parameter.type === 'a' || (!given && parameter.context !== undefined)) special = true;
  }
  if (!special) return args;
  return parameters.map((parameter, at) => {
    const arg = args[at];
    if (at >= args.length) return parameter.context === undefined ? undefined : inContext(parameter, context, at);
    return parameter.type === 'a' && arg !== undefined
      ? asArray(parameter, symbolOf(arg), arg, symbolOf(arg), at)
      : arg;
  });
}

function inContext(parameter: Parameter, context: unknown, at: number): unknown {
  if (parameter.context?.includes(symbolOf(context)) === true) return context;
  throw failure('T0411', { value: context, index: at + 1 });
}

/** With JSONata's own ways: a parameter that takes several arguments gives the first of them each time. */
function fitted(
  parameters: readonly Parameter[],
  counts: readonly number[],
  symbols: string,
  args: readonly unknown[],
  context: unknown,
): unknown[] {
  const values: unknown[] = [];
  let at = 0; // in the arguments
  let symbolAt = 0;
  for (const [index, parameter] of parameters.entries()) {
    const taken = symbols.slice(symbolAt, symbolAt + (counts[index] ?? 0));
    symbolAt += taken.length;
    if (taken === '' && parameter.context !== undefined) {
      values.push(inContext(parameter, context, at));
      continue;
    }
    if (taken === '') values.push(args[at++]);
    const first = args[at];
    for (const symbol of taken) {
      const arg = parameter.type === 'a' ? args[at] : first;
      if (parameter.type !== 'a') values.push(arg);
      else values.push(symbol === 'm' ? undefined : asArray(parameter, symbol, arg, taken, at));
      at++;
    }
  }
  return values;
}

/** @param taken the symbols of all arguments that this parameter takes */
function asArray({ subtype }: Parameter, symbol: string, arg: unknown, taken: string, at: number): unknown {
  if (subtype !== undefined && !itemsFit(subtype, symbol, arg, taken))
    throw failure('T0412', { value: arg, index: at + 1, type: plurals[subtype] });
  return symbol === 'a' ? arg : [arg];
}

function itemsFit(subtype: string, symbol: string, arg: unknown, taken: string): boolean {
  if (symbol !== 'a' || !Array.isArray(arg)) return taken === subtype;
  const wanted = subtype.charAt(0);
  for (const item of arg) if (symbolOf(item) !== wanted) return false;
  return true;
}

const plurals: Readonly<Record<string, string>> = {
  a: 'arrays',
  b: 'booleans',
  f: 'functions',
  n: 'numbers',
  o: 'objects',
  s: 'strings',
};

/** Names the first argument that nothing before it leads up to. */
function mismatch(parameters: readonly Parameter[], symbols: string, args: readonly unknown[]) {
  let goodTo = 0;
  for (let count = 1; count <= parameters.length; count++) {
    const counts = matchParameters(parameters.slice(0, count), symbols, false);
    if (counts === undefined) break;
    goodTo = counts.reduce((sum, taken) => sum + taken, 0);
  }
  return failure('T0410', { value: args[goodTo], index: goodTo + 1 });
}

/** `m` is a missing value. */
function symbolOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 's';
    case 'number':
      return 'n';
    case 'boolean':
      return 'b';
    case 'function':
      return 'f';
    case 'object':
      if (value === null) return 'l';
      return Array.isArray(value) ? 'a' : 'o';
    default:
      return 'm';
  }
}
