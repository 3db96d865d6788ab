import { describe, expect, it } from 'vitest';
import { functionArn, runMachine } from '../../test/support/run-machine.ts';

const map = (more: object, state: object = { Type: 'Pass', End: true }) => ({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'Do', States: { Do: state } },
      End: true,
      ...more,
    },
  },
});
const call = (name: string) => ({ Type: 'Task', Resource: functionArn(name), End: true });

describe('an inline Map state', () => {
  it('gives the outputs in the order of the items', async () => {
    const { output } = await runMachine(map({}, call('double')), {
      input: [1, 2, 3],
      functions: { double: (n) => Number(n) * 2 },
    });

    expect(output).toEqual([2, 4, 6]);
  });

  it('gives an empty list for no items', async () => {
    const { output, types } = await runMachine(map({}), { input: [] });

    expect(output).toEqual([]);
    expect(types).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('never runs more iterations at once than MaxConcurrency', async () => {
    let running = 0;
    let most = 0;
    await runMachine(map({ MaxConcurrency: 3 }, call('work')), {
      input: Array.from({ length: 20 }, (_, i) => i),
      functions: {
        work: async (n) => {
          most = Math.max(most, ++running);
          await new Promise(setImmediate);
          running--;
          return n;
        },
      },
    });

    expect(most).toBe(3);
  });

  it('shows each iteration its index and value in the context object', async () => {
    const { output } = await runMachine(
      map(
        { ItemSelector: { 'at.$': '$$.Map.Item.Index', 'value.$': '$$.Map.Item.Value', 'all.$': '$' } },
        { Type: 'Pass', Parameters: { 'in.$': '$', 'again.$': '$$.Map.Item.Index' }, End: true },
      ),
      { input: ['a', 'b'] },
    );

    expect(output).toEqual([
      { in: { at: 0, value: 'a', all: ['a', 'b'] }, again: 0 },
      { in: { at: 1, value: 'b', all: ['a', 'b'] }, again: 1 },
    ]);
  });

  it('fails with the error of an item and aborts the others', async () => {
    const { summary, types } = await runMachine(map({}, call('picky')), {
      input: [1, 2],
      functions: {
        picky: (n) => {
          if (n === 1) throw new TypeError('not one');
          return new Promise(() => undefined);
        },
      },
    });

    expect([summary.error, summary.cause]).toEqual(['TypeError', 'not one']);
    expect(types.slice(-5)).toEqual([
      'MapIterationFailed',
      'TaskStateAborted',
      'MapIterationAborted',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
  });

  it('takes a selected null for an input', async () => {
    const { output } = await runMachine(map({ QueryLanguage: 'JSONata', ItemSelector: '{% null %}' }), { input: [1] });

    expect(output).toEqual([null]);
  });
});
