import { describe, expect, it } from 'vitest';
import { functionArn } from './reading-in-tests.ts';
import { substitute } from './substitute.ts';

const resolve = (name: string) => (name === 'shift-traffic' ? functionArn : undefined);
const definition = (task: object) => JSON.stringify({ StartAt: 'A', States: { A: task } });

describe('substitute', () => {
  it('puts ARNs for names, wherever a text has them', () => {
    const task = { Resource: '${shift-traffic}', Arguments: [{ FunctionName: 'at ${shift-traffic}:live' }] };

    expect(substitute(definition(task), resolve)).toEqual({
      definition: definition({ Resource: functionArn, Arguments: [{ FunctionName: `at ${functionArn}:live` }] }),
      diagnostics: [],
    });
  });

  it('names each name that nobody knows and where it stands', () => {
    expect(substitute(definition({ Resource: '${shift-trafic}' }), resolve).diagnostics).toEqual([
      {
        severity: 'ERROR',
        code: 'INVALID_RESOURCE',
        message: "'${shift-trafic}' is the name of no function and no state machine",
        location: '/States/A/Resource',
      },
    ]);
  });

  it.each([
    ['a comment', definition({ Comment: '${anything}' })],
    ['a grouping in JSONata', definition({ Output: '{% $x.${"a": b} %}' })],
    ['a text that is no JSON', '${'],
  ])('leaves %s alone', (_, text) => {
    expect(substitute(text, resolve)).toEqual({ definition: text, diagnostics: [] });
  });
});
