import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonSyntaxError, redactedSyntaxError } from './json-syntax.ts';

const value = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";

describe('jsonSyntaxError', () => {
  it.each([
    ['not', `Unrecognized token 'not': was expecting (${value})`, 1, 4],
    ['{"a":1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name", 1, 9],
    ["{'a'}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 1, 3],
    ['{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", 1, 7],
    ['{"a":1 "b"}', `Unexpected character ('"' (code 34)): was expecting comma to separate Object entries`, 1, 9],
    ['[1 2]', "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 1, 5],
    ['[\n  }', `Unexpected character ('}' (code 125)): expected a valid value (${value})`, 2, 4],
    [
      '{"a":',
      'Unexpected end-of-input: expected close marker for Object (start marker at [Source: (String)"{"a":"; line: 1, column: 1])',
      1,
      6,
    ],
    ['"a', 'Unexpected end-of-input: was expecting closing quote for a string value', 1, 3],
    ['{} 1', "Unexpected character ('1' (code 49)): was expecting the end of the text", 1, 5],
  ])('says what is wrong with %s', (text, message, line, column) => {
    expect(jsonSyntaxError(text)).toMatchObject({ message, line, column });
  });

  it('shows the first 500 characters of a long text', () => {
    expect(jsonSyntaxError('x'.repeat(600))?.source).toBe(
      `[Source: (String)"${'x'.repeat(500)}"[truncated 100 chars]; line: 1, column: 601]`,
    );
  });

  it('needs no stack for nesting', () => {
    expect(jsonSyntaxError('['.repeat(300_000))).toMatchObject({ column: 300_001 });
  });

  it('finds a problem exactly where the language itself does', () => {
    const jsonLike = fc.array(
      fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', '-0.5e3', '01', 'true', 'nul', ' ', '"\\u00', '\n'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          jsonLike.map((parts) => parts.join('')),
          fc.json(),
          fc.string(),
        ),
        (text) => {
          expect(jsonSyntaxError(text) === undefined).toBe(isJson(text));
        },
      ),
    );
  });
});

describe('redactedSyntaxError', () => {
  const source = 'Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column:';

  it.each([
    [
      '{bad json}',
      `Unexpected character ('b' (code 98)): was expecting double-quote to start field name\n at [${source} 2]`,
    ],
    ['undefined', `Unrecognized token 'undefined': was expecting (${value})\n at [${source} 10]`],
    [
      '{"a":1',
      `Unexpected end-of-input: expected close marker for Object (start marker at [${source} 1])\n at [${source} 7]`,
    ],
  ])('says what is wrong with %j as recorded on AWS', (text, message) => {
    expect(redactedSyntaxError(text)).toBe(message);
  });

  it('says nothing about JSON', () => {
    expect(redactedSyntaxError('[]')).toBeUndefined();
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
