/** Where and why a text is no JSON, in the words of the parser that Step Functions uses. */
export interface JsonSyntaxError {
  readonly message: string;
  /** From 1. */
  readonly line: number;
  /** From 1, behind the character or word that is wrong, as that parser counts. */
  readonly column: number;
  /** `[Source: (String)"…"; line: 1, column: 4]` */
  readonly source: string;
}

/** Why a text is no JSON; undefined when it is. Nesting costs no stack. */
export function jsonSyntaxError(text: string): JsonSyntaxError | undefined {
  const problem = findProblem(text);
  if (problem === undefined) return undefined;
  const rest = text.length > shown ? `[truncated ${text.length - shown} chars]` : '';
  const shownText = `(String)"${text.slice(0, shown)}"${rest}`;
  const { line, column } = positionOf(text, problem.offset);
  return {
    message: messageOf(text, problem, shownText),
    line,
    column,
    source: sourceOf(text, problem.offset, shownText),
  };
}

/** As `jsonSyntaxError`, in one text, as the newer parser behind `States.StringToJson` says it: that one counts a wrong character itself. */
export function redactedSyntaxError(text: string): string | undefined {
  const problem = findProblem(text);
  if (problem === undefined) return undefined;
  const offset = problem.isCharacter === true ? problem.offset - 1 : problem.offset;
  return `${messageOf(text, problem, redacted)}\n at ${sourceOf(text, offset, redacted)}`;
}

const redacted = 'REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)';

const messageOf = (text: string, { message, unclosed }: Problem, source: string): string =>
  unclosed === undefined ? message : `${message} (start marker at ${sourceOf(text, unclosed, source)})`;

function sourceOf(text: string, offset: number, source: string): string {
  const { line, column } = positionOf(text, offset);
  return `[Source: ${source}; line: ${line}, column: ${column}]`;
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const read = text.slice(0, offset);
  return { line: read.split('\n').length, column: offset - read.lastIndexOf('\n') };
}

const shown = 500;
const anyValue = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";
const closing = { Array: ']', Object: '}' } as const;

interface Problem {
  readonly message: string;
  /** How many characters had been read. */
  readonly offset: number;
  /** The last of them is what is wrong. */
  readonly isCharacter?: boolean;
  /** Where the array or object starts that does not end. */
  readonly unclosed?: number;
}

interface Open {
  readonly kind: 'Array' | 'Object';
  readonly start: number;
}

type Expected = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end';

function findProblem(text: string): Problem | undefined {
  const open: Open[] = [];
  let expected: Expected = 'value';
  let offset = 0;
  for (;;) {
    offset = match(/[ \t\n\r]*/y, text, offset) ?? offset;
    const char = text.charAt(offset);
    const innermost = open.at(-1);
    const inside = innermost?.kind;
    if (char === '') return inside || expected !== 'comma or end' ? endOfInput(innermost, offset) : undefined;
    if (inside && char === closing[inside] && expected.endsWith('or end')) {
      open.pop();
      offset += 1;
      expected = 'comma or end';
    } else if (expected === 'comma or end') {
      if (inside === undefined) return unexpected(char, offset, 'was expecting the end of the text');
      if (char !== ',') return unexpected(char, offset, `was expecting comma to separate ${inside} entries`);
      offset += 1;
      expected = inside === 'Object' ? 'key' : 'value';
    } else if (expected === 'colon') {
      if (char !== ':') return unexpected(char, offset, 'was expecting a colon to separate field name and value');
      offset += 1;
      expected = 'value';
    } else if (expected.startsWith('key') && char !== '"') {
      return unexpected(char, offset, 'was expecting double-quote to start field name');
    } else if (char === '{' || char === '[') {
      open.push({ kind: char === '{' ? 'Object' : 'Array', start: offset });
      offset += 1;
      expected = char === '{' ? 'key or end' : 'value or end';
    } else {
      const end = char === '"' ? endOfString(text, offset) : endOfScalar(text, offset);
      if (typeof end !== 'number') return end;
      offset = end;
      expected = expected.startsWith('key') ? 'colon' : 'comma or end';
    }
  }
}

function endOfScalar(text: string, offset: number): number | Problem {
  const end = match(/(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w$.])/y, text, offset);
  if (end !== undefined) return end;
  const word = match(/[\w$]+/y, text, offset);
  if (word === undefined) return unexpected(text.charAt(offset), offset, `expected a valid value (${anyValue})`);
  return { message: `Unrecognized token '${text.slice(offset, word)}': was expecting (${anyValue})`, offset: word };
}

function endOfString(text: string, start: number): number | Problem {
  for (let offset = start + 1; offset < text.length; offset += 1) {
    const char = text.charAt(offset);
    if (char === '"') return offset + 1;
    if (char < ' ')
      return {
        message: `Illegal unquoted character ((CTRL-CHAR, code ${char.charCodeAt(0)})): has to be escaped using backslash to be included in string value`,
        offset: offset + 1,
      };
    if (char !== '\\') continue;
    const end = match(/\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y, text, offset);
    if (end === undefined)
      return { message: `Unrecognized character escape '${text.charAt(offset + 1)}'`, offset: offset + 2 };
    offset = end - 1;
  }
  return { message: 'Unexpected end-of-input: was expecting closing quote for a string value', offset: text.length };
}

const unexpected = (char: string, offset: number, expectation: string): Problem => ({
  message: `Unexpected character ('${char}' (code ${char.charCodeAt(0)})): ${expectation}`,
  offset: offset + 1,
  isCharacter: true,
});

const endOfInput = (inside: Open | undefined, offset: number): Problem => ({
  message: `Unexpected end-of-input${inside ? `: expected close marker for ${inside.kind}` : ''}`,
  offset,
  ...(inside && { unclosed: inside.start }),
});

function match(sticky: RegExp, text: string, offset: number): number | undefined {
  sticky.lastIndex = offset;
  return sticky.test(text) ? sticky.lastIndex : undefined;
}
