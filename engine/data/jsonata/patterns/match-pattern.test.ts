import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsLimits, startMeter } from '../meter.ts';
import { compilePattern } from './compile-pattern.ts';
import { matchPattern } from './match-pattern.ts';

const match = (source: string, flags: string, text: string, from = 0) =>
  matchPattern(compilePattern(source, flags), text, from, startMeter({ ...awsLimits, steps: 2_000_000 }))?.map(
    (span) => (span === undefined ? undefined : text.slice(...span)),
  );

const platform = (source: string, flags: string, text: string) => {
  const found = new RegExp(source, flags).exec(text);
  return found === null ? undefined : [...found];
};

describe('matchPattern', () => {
  it.each([
    ['abc', '', 'xabcx'],
    ['a|ab|abc', '', 'abc'],
    ['(a+)(b*)c?', '', 'xaabbd'],
    ['(a+?)(b+?)$', '', 'aabb'],
    ['(?:ab){2,3}', '', 'abababab'],
    ['(z)((a+)?(b+)?(c))*', '', 'zaacbbbcac'],
    ['(?=(a+))a*b\\1', '', 'baaabac'],
    ['(.*?)a(?!(a+)b\\2c)\\2(.*)', '', 'baaabaac'],
    ['(?<=\\$)\\d+(\\.\\d*)?', '', 'cost $10.50'],
    ['(?<!\\$)\\b\\d+', '', '$10 20'],
    ['(?<=(\\d+)(\\d+))$', '', '1053'],
    ['(?<=\\1(a))b', '', 'aab'],
    ['(?<year>\\d{4})-(?<month>\\d\\d)', '', 'on 2026-11'],
    ['(?<q>[\'"]).*?\\k<q>', '', 'say "it\'s"'],
    ['^b', 'm', 'a\nb'],
    ['a$', 'm', 'a\nb'],
    ['a.c', '', 'a\nc abc'],
    ['[^a-c\\d]+', '', 'abc1xyz'],
    ['[\\w-]+', '', '$a-b_c'],
    ['[a-]+', '', '-a-'],
    ['[]', '', 'a'],
    ['[^]', '', '\n'],
    ['\\u0041\\x42\\103', '', 'ABC'],
    ['\\cJ', '', '\n'],
    ['\\c', '', 'a\\c'],
    ['a{,5}', '', 'a{,5}'],
    ['x{', '', 'x{'],
    ['\\8\\k', '', '8k'],
    ['()\\1a', '', 'a'],
    ['(?:)*a', '', 'a'],
    ['(a*)*b', '', 'aab'],
    ['(?:a?){3}b', '', 'ab'],
    ['(a)|b', '', 'b'],
    ['(?:(a)|b)*', '', 'ab'],
    ['straSSe', 'i', 'STRASSE'],
    ['[a-z]+', 'i', 'ABC'],
    ['[^k]', 'i', 'K\u212ak'],
    ['\u00b5', 'i', '\u039c'],
    ['(a)\\1', 'i', 'aA'],
    ['\\W', 'i', 's\u017f'],
    ['(?i:a)b', '', 'Ab'],
    ['\\bfoo\\B', '', 'foo foobar'],
    ['', '', 'abc'],
  ])('finds what JavaScript finds for /%s/%s in %j', (source, flags, text) => {
    expect(match(source, flags, text)).toEqual(platform(source, flags, text));
  });

  it('starts where it is told to', () => {
    expect(match('a', '', 'aba', 1)).toEqual(['a']);
    expect(match('a', '', 'aba', 3)).toBe(undefined);
  });

  it('finds what JavaScript finds, for any pattern', () => {
    const atom = fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '\\w', '\\b', '^', '$', '\\1', 'B', '');
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 5 },
        atom,
        fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `${left}${right}`),
        fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `(?:${left}|${right})`),
        tie('pattern').map((body) => `(${body})`),
        fc
          .tuple(
            tie('pattern'),
            fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,1}', '{1,}'),
            fc.constantFrom('', '?'),
          )
          .map(([body, quantifier, lazy]) => `(?:${body})${quantifier}${lazy}`),
        fc.tuple(fc.constantFrom('=', '!', '<=', '<!'), tie('pattern')).map(([kind, body]) => `(?${kind}${body})`),
        fc
          .tuple(fc.constantFrom('a', '[bc]', '.', '\\w'), fc.constantFrom('*', '+', '{1,2}', '??'))
          .map((each) => each.join('')),
      ),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '\n'), maxLength: 8 });

    fc.assert(
      fc.property(pattern, fc.constantFrom('', 'i', 'm'), text, (source, flags, subject) => {
        expect(match(source, flags, subject)).toEqual(platform(source, flags, subject));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['(a+)+b', 'a'],
    ['(a|aa)+b', 'a'],
    ['(a|a)*b', 'a'],
    ['(.*)*(.*)*x', 'y'],
  ])('stops /%s/, which backtracks for ever', (source, unit) => {
    expect(() => match(source, '', unit.repeat(5000))).toThrow('Expression evaluation timeout');
  });

  it('reads a long text without trouble', () => {
    const text = `${'ab'.repeat(100_000)}c`;

    expect(match('^(?:ab)*c$', '', text)).toEqual([text]);
  });
});
