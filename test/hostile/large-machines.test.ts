import { describe, expect, it } from 'vitest';
import { readMachine } from '../../engine/asl/index.ts';
import { functionArn, runMachine } from '../support/run-machine.ts';

const chain = (length: number, state: (next: object, at: number) => object) => ({
  StartAt: 'S0',
  States: Object.fromEntries(
    Array.from({ length }, (_, at) => [
      `S${at}`,
      state(at === length - 1 ? { End: true } : { Next: `S${at + 1}` }, at),
    ]),
  ),
});

describe('a machine of 10,000', () => {
  it('states one after the other is read and run to its end', async () => {
    const { summary, history } = await runMachine(chain(10_000, (next) => ({ Type: 'Pass', ...next })));
    expect(summary.status).toBe('SUCCEEDED');
    expect(history).toHaveLength(20_002);
  });

  it('rules in one Choice is read, and the last of them is found', async () => {
    const Choices = Array.from({ length: 10_000 }, (_, i) => ({
      Variable: '$.n',
      NumericEquals: i,
      Next: i === 9999 ? 'B' : 'C',
    }));
    const States = { A: { Type: 'Choice', Choices }, B: { Type: 'Succeed' }, C: { Type: 'Fail' } };
    const { summary } = await runMachine({ StartAt: 'A', States }, { input: { n: 9999 } });
    expect(summary.status).toBe('SUCCEEDED');
  });

  it('branches ends with an output for each of them', async () => {
    const Branches = Array.from({ length: 3000 }, (_, i) => chainOf(`B${i}`));
    const { output } = await runMachine(
      { StartAt: 'P', States: { P: { Type: 'Parallel', Branches, End: true } } },
      { input: 1 },
    );
    expect(output).toHaveLength(3000);
  });

  const chainOf = (name: string) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } });
});

describe('nesting', () => {
  it('of a hundred Parallel states runs to its end', async () => {
    const { summary } = await runMachine(nestedParallel(100));
    expect(summary.status).toBe('SUCCEEDED');
  });

  it('of thousands of Parallel states is refused', () => {
    const reading = readMachine(deepText('{"StartAt":"P","States":{"P":{"Type":"Parallel","Branches":[', ']}}}', 4000));
    expect(reading).toMatchObject({ ok: false, diagnostics: [{ code: 'TOO_DEEPLY_NESTED' }] });
  });

  it.each([
    ['arrays', deepText('[', ']', 500_000), 'SCHEMA_VALIDATION_FAILED'],
    ['arrays without an end', '['.repeat(1_000_000), 'INVALID_JSON_DESCRIPTION'],
    ['objects', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`, 'TOO_DEEPLY_NESTED'],
    [
      'rules',
      `{"StartAt":"A","States":{"A":{"Type":"Choice","Choices":[${'{"Not":'.repeat(5000)}{}${'}'.repeat(5000)}]}}}`,
      'TOO_DEEPLY_NESTED',
    ],
  ])('of %s, as deep as a definition has room for, is refused', (_, definition, code) => {
    expect(readMachine(definition)).toMatchObject({ ok: false, diagnostics: [{ code }] });
  });

  it('that grows with every round of a loop fails the execution at 1,000 levels', async () => {
    const A = { Type: 'Pass', Parameters: { 'x.$': '$' }, Next: 'B' };
    const B = { Type: 'Choice', Choices: [{ Variable: '$.never', IsPresent: true, Next: 'C' }], Default: 'A' };
    const { summary } = await runMachine({ StartAt: 'A', States: { A, B, C: { Type: 'Succeed' } } });
    expect(summary.error).toBe('States.Runtime');
    expect(summary.cause).toContain("The state/task 'A' returned a result that is nested more than 1000 levels deep.");
  });

  it('of 1,000 levels in what a function gives fails its task, and may be caught', async () => {
    const deep = JSON.parse(deepText('[', ']', 3000));
    const catches = [{ ErrorEquals: ['States.Runtime'], ResultPath: '$.failure', Next: 'B' }];
    const A = { Type: 'Task', Resource: functionArn('deep'), Catch: catches, Next: 'B' };
    const { output } = await runMachine(
      { StartAt: 'A', States: { A, B: { Type: 'Succeed' } } },
      { functions: { deep: () => deep } },
    );
    expect(output).toMatchObject({ failure: { Error: 'States.Runtime' } });
  });

  function deepText(open: string, close: string, levels: number): string {
    return open.repeat(levels) + close.repeat(levels);
  }

  function nestedParallel(levels: number, at = 0): object {
    if (at === levels) return { StartAt: 'Last', States: { Last: { Type: 'Pass', End: true } } };
    const Branches = [nestedParallel(levels, at + 1)];
    return { StartAt: `P${at}`, States: { [`P${at}`]: { Type: 'Parallel', Branches, End: true } } };
  }
});

describe('time and repetition', () => {
  it('a loop that makes no progress ends with its 25,000th event', async () => {
    const A = { Type: 'Choice', Choices: [{ Variable: '$.never', IsPresent: true, Next: 'B' }], Default: 'A' };
    const { summary, history } = await runMachine({ StartAt: 'A', States: { A, B: { Type: 'Succeed' } } });
    expect(summary).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(history).toHaveLength(25_000);
  });

  it('retries that wait ever longer still have a moment that a date can say', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 99_999_999, MaxAttempts: 5, BackoffRate: 1e308 }];
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'B' }];
    const A = { Type: 'Task', Resource: functionArn('fails'), Retry, Catch, Next: 'B' };
    const B = { Type: 'Pass', Parameters: { 'at.$': '$$.State.EnteredTime' }, End: true };
    const { output } = await runMachine({ StartAt: 'A', States: { A, B } });
    expect(output).toEqual({ at: '+275760-09-13T00:00:00.000Z' });
  });

  it.each(['1e308', '1e400', '99999999999', '-1', '1.5'])('a Wait of %s seconds is refused', (seconds) => {
    const reading = readMachine(`{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":${seconds},"End":true}}}`);
    expect(reading.ok).toBe(false);
  });
});
