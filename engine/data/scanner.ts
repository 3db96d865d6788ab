import { ExpressionSyntaxError } from './evaluation.ts';

/** A cursor over the text of a path or an intrinsic call. Its functions move it forward or fail. */
export interface Scanner {
  readonly text: string;
  /** Offset of the next character. */
  position(): number;
  /** The next character without taking it; empty at the end. */
  peek(): string;
  atEnd(): boolean;
  /** Takes `token` when it comes next; false, and nothing taken, when it does not. */
  eat(token: string): boolean;
  expect(token: string): void;
  skipSpaces(): void;
  /** Takes what the sticky pattern (`/…/y`) matches here; empty when it matches nothing. */
  take(pattern: RegExp): string;
  /** @throws ExpressionSyntaxError always, saying where in the text */
  fail(reason: string): never;
}

/** A scanner at the start of `text`. Its failures are `SCHEMA_VALIDATION_FAILED`, as AWS reports paths and intrinsic calls. */
export function scan(text: string): Scanner {
  let at = 0;
  const scanner: Scanner = {
    text,
    position: () => at,
    peek: () => text.charAt(at),
    atEnd: () => at >= text.length,
    eat(token) {
      const found = text.startsWith(token, at);
      if (found) at += token.length;
      return found;
    },
    expect(token) {
      if (!scanner.eat(token))
        scanner.fail(`expected '${token}' but found ${at < text.length ? `'${text[at]}'` : 'the end'}`);
    },
    skipSpaces: () => void scanner.take(/\s*/y),
    take(pattern) {
      pattern.lastIndex = at;
      const found = pattern.exec(text)?.[0] ?? '';
      at += found.length;
      return found;
    },
    fail(reason) {
      throw new ExpressionSyntaxError('SCHEMA_VALIDATION_FAILED', `${reason}, at character ${at + 1} of '${text}'`);
    },
  };
  return scanner;
}
