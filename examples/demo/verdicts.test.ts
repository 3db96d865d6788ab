import { describe, expect, it } from 'vitest';
import { judgementIn } from './verdicts.ts';

const judged = (id: number, verdict: string, wrap = (output: object): object => output) => ({
  id,
  type: 'TaskSucceeded',
  taskSucceededEventDetails: {
    output: JSON.stringify(
      wrap({
        verdict,
        reason: `it is ${verdict}`,
        memory: { format: 1, verdicts: [{ at: 1000, percent: 10, verdict, requests: 5, errors: 0 }] },
      }),
    ),
  },
});

describe('judgementIn', () => {
  it('takes the newest thing that the judge said, in whatever order the history comes', () => {
    expect(judgementIn([judged(9, 'safe'), judged(5, 'need-more')])).toEqual({
      verdicts: [{ at: 1000, percent: 10, verdict: 'safe', requests: 5, errors: 0 }],
      reason: 'it is safe',
    });
  });

  it('finds it in the payload of a Lambda invocation too', () => {
    expect(judgementIn([judged(5, 'bad', (output) => ({ Payload: output }))]).reason).toBe('it is bad');
  });

  it('is empty when the judge was never asked', () => {
    const other = { id: 3, type: 'TaskSucceeded', taskSucceededEventDetails: { output: '{"percent":10}' } };

    expect(judgementIn([other, { id: 4, type: 'PassStateEntered' }])).toEqual({ verdicts: [], reason: null });
  });
});
