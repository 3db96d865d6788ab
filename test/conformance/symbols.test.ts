import { describe, expect, it } from 'vitest';
import { type Answer, resolveSymbol, substituteSymbols } from './symbols.ts';

const answers: readonly Answer[] = [
  { kind: 'value', value: { arn: 'a:b:c', list: [{ body: '{"x":{"y":7}}' }, { body: 'last' }] } },
  { kind: 'refused', operation: 'StartExecution', code: 'InvalidArn', message: 'no', status: 400 },
];
const resolve = (symbol: string) => resolveSymbol(symbol, (n) => answers[n]);

describe('resolveSymbol', () => {
  it.each([
    ['${0.arn}', 'a:b:c'],
    ['${0.arn:-1}', 'c'],
    ['${0.list[-1].body}', 'last'],
    ['${0.list[0].body.$json.x.y}', 7],
    ['${1.$typename}', 'InvalidArn'],
    ['${1.$error}', 'An error occurred (InvalidArn) when calling the StartExecution operation: no'],
    ['${1.message}', 'no'],
    ['${9.arn}', undefined],
  ])('finds what %s stands for', (symbol, value) => expect(resolve(symbol)).toEqual(value));

  it('shows a refusal as the recordings do', () => {
    expect(resolve('${1}')).toEqual({
      Error: { Code: 'InvalidArn', Message: 'no' },
      ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: 400 },
      message: 'no',
    });
  });
});

describe('substituteSymbols', () => {
  it('keeps the type of what a whole text stands for, and writes others into the text', () => {
    const given = { whole: '${0.list}', part: 'x/${0.arn:-1}/y', ['other']: ['{% $states %}', 1] };

    expect(substituteSymbols(given, resolve)).toEqual({
      whole: [{ body: '{"x":{"y":7}}' }, { body: 'last' }],
      part: 'x/c/y',
      other: ['{% $states %}', 1],
    });
  });
});
