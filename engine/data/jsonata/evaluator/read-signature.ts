/** One parameter of a signature. */
export interface Parameter {
  /** `s`, `n`, `a` …, or a choice in its parentheses: `(sf)`. */
  readonly type: string;
  /** The symbols of arguments it takes, `m` for a missing one. */
  readonly symbols: string;
  /** Of an array: what its items must be. */
  readonly subtype: string | undefined;
  readonly least: 0 | 1;
  readonly most: number;
  /** Takes as little as it can. */
  readonly lazy: boolean;
  /** The symbols of the context items that may stand in for a missing argument; undefined when none may. */
  readonly context: string | undefined;
}

const anything = 'asnblfom';
const symbolsOf: Readonly<Record<string, string>> = {
  s: 'sm',
  n: 'nm',
  b: 'bm',
  l: 'lm',
  o: 'om',
  a: anything,
  f: 'f',
  j: 'asnblom',
  x: anything,
};

/** Reads `<s-(sf)n?:s>`, which the parser has already accepted; what comes after the colon is not checked by anyone. */
export function readSignature(definition: string): readonly Parameter[] {
  const parameters: Parameter[] = [];
  for (let at = 1; at < definition.length && definition[at] !== ':'; at++) {
    const symbol = definition.charAt(at);
    const symbols = symbolsOf[symbol];
    if (symbols !== undefined) parameters.push(single(symbol, symbols));
    else if (symbol === '(') {
      const end = closing(definition, at, '(', ')');
      const choice = definition.slice(at + 1, end);
      parameters.push(single(`(${choice})`, `${choice}m`));
      at = end;
    } else if (symbol === '<') {
      const end = closing(definition, at, '<', '>');
      change(parameters, { subtype: definition.slice(at + 1, end) });
      at = end;
    } else modify(parameters, symbol);
  }
  return parameters;
}

const single = (type: string, symbols: string): Parameter => ({
  type,
  symbols,
  subtype: undefined,
  least: 1,
  most: 1,
  lazy: false,
  context: undefined,
});

function modify(parameters: Parameter[], symbol: string): void {
  const last = parameters.at(-1);
  if (last === undefined) return;
  const repeated = last.least === 0 || last.most > 1; // the notation is turned into a pattern, where a second ? makes it lazy
  if (symbol === '-') change(parameters, { context: last.symbols });
  if (symbol === '+') change(parameters, { most: Number.POSITIVE_INFINITY });
  if (symbol === '-' || symbol === '?') change(parameters, repeated ? { lazy: true } : { least: 0 });
}

function change(parameters: Parameter[], part: Partial<Parameter>): void {
  const last = parameters.pop();
  if (last !== undefined) parameters.push({ ...last, ...part });
}

/** Where the bracket at `start` is closed. */
function closing(text: string, start: number, open: string, close: string): number {
  let depth = 1;
  let at = start;
  while (at < text.length && depth > 0) {
    at++;
    if (text[at] === close) depth--;
    else if (text[at] === open) depth++;
  }
  return at;
}
