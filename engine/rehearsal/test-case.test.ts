import { describe, expect, it } from 'vitest';
import { readCase, resultOf } from './test-case.ts';

describe('readCase', () => {
  it('reads YAML and JSON, with what a case may leave out', () => {
    const yaml = readCase('mocks:\n  Call: { result: { ok: true } }\nexpect: { status: SUCCEEDED }');
    const json = readCase('{"mocks":{"Call":{"result":{"ok":true}}},"expect":{"status":"SUCCEEDED"}}');

    expect(yaml).toEqual(json);
    expect(yaml).toMatchObject({ case: { input: {}, expect: { status: 'SUCCEEDED' } } });
  });

  it.each([
    ['expect: [', 'Flow sequence in block collection'],
    ['input: {}', 'expect must be of type object'],
    ['expects: {}\nexpect: {}', 'the case has no field expects'],
    ['expect: { status: GOOD }', 'expect.status must be one of SUCCEEDED'],
    ['mocks: { A: { results: 1 } }\nexpect: {}', 'mocks.A has no field results'],
    ['mocks: { A: 1 }\nexpect: {}', 'mocks.A must be a mock or a list of mocks'],
    ['mocks: { A: {} }\nexpect: {}', 'mocks.A: a mock has one of the fields result, errorOutput and unanswered'],
    ['mocks: { A: { result: nope } }\nexpect: {}', 'mocks.A: Mocked result must be valid JSON'],
  ])('says what is wrong with %j', (text, problem) => {
    const read = readCase(text);

    expect('problems' in read && read.problems.join('\n')).toContain(problem);
  });
});

describe('resultOf', () => {
  it('takes a text as the JSON text that TestState has there', () => {
    expect(resultOf({ result: '{"a":[1]}' })).toEqual({ a: [1] });
  });

  it('takes anything else as it is', () => {
    expect(resultOf({ result: [1] })).toEqual([1]);
  });
});
