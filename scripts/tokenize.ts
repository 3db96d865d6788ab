/** A piece of JavaScript or TypeScript source that is neither space nor comment. */
export interface Token {
  /** `string` also stands for a template without `${…}`; `other` for numbers, regular expressions and parts of templates. */
  readonly kind: 'word' | 'mark' | 'string' | 'other';
  /** Of a string what is between its quotes, as written; of a mark one character. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * Splits source into tokens, well enough to tell code from comments, strings, templates and regular expressions. Whether
 * a `/` divides is guessed from the token before it, which is right for formatted code.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const braces: ('block' | 'template')[] = [];
  let line = 1;
  let at = 0;
  while (at < source.length) {
    const [kind, text, length] = read(source, at, braces, tokens.at(-1));
    if (kind !== 'space') tokens.push({ kind, text, line });
    line += source.slice(at, at + length).split('\n').length - 1;
    at += length;
  }
  return tokens;
}

type Piece = [kind: Token['kind'] | 'space', text: string, length: number];

const skipped = /\s+|\/\/.*|\/\*[^]*?\*\/|^#!.*/y;
const string = /'((?:[^'\\\n]|\\[^])*)'|"((?:[^"\\\n]|\\[^])*)"/y;
const word = /[\p{ID_Start}$_#@][\p{ID_Continue}$]*/uy;
const number = /\d[\w.]*/y;
const regularExpression = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const templateText = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;

function read(source: string, at: number, braces: ('block' | 'template')[], before: Token | undefined): Piece {
  const match = (pattern: RegExp, from = at) => {
    pattern.lastIndex = from;
    return pattern.exec(source);
  };
  const template = (): Piece => {
    const text = match(templateText, at + 1)?.[0] ?? source.slice(at + 1); // without an end it goes to the end of the file
    const opens = text.endsWith('${');
    if (opens) braces.push('template');
    const whole = source[at] === '`' && !opens;
    return [whole ? 'string' : 'other', whole ? text.slice(0, -1) : text, text.length + 1];
  };

  const space = match(skipped);
  if (space) return ['space', '', space[0].length];
  const quoted = match(string);
  if (quoted) return ['string', quoted[1] ?? quoted[2] ?? '', quoted[0].length];
  const name = match(word);
  if (name) return ['word', name[0], name[0].length];
  const digits = match(number);
  if (digits) return ['other', digits[0], digits[0].length];
  const character = source[at] ?? '';
  if (character === '`') return template();
  if (character === '{') braces.push('block');
  if (character === '}' && braces.pop() === 'template') return template();
  const expression = character === '/' && !endsValue(before) ? match(regularExpression) : null;
  if (expression) return ['other', expression[0], expression[0].length];
  return ['mark', character, character.length];
}

const wordsBeforeValue = new Set(
  'return typeof case in of delete void throw new do else yield await instanceof'.split(' '),
);

/** True when a `/` after this token divides. */
function endsValue(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === 'word') return !wordsBeforeValue.has(token.text);
  return token.kind !== 'mark' || [')', ']', '}'].includes(token.text);
}
