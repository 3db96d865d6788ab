import { describe, expect, it } from 'vitest';
import { toEpochMs } from '../data/instant.ts';
import { isLogged, logLine } from './log-line.ts';

describe('isLogged', () => {
  const types = [
    'ExecutionStarted',
    'TaskStateEntered',
    'FailStateEntered',
    'TaskFailed',
    'LambdaFunctionScheduleFailed',
    'LambdaFunctionTimedOut',
    'TaskSubmitFailed',
    'MapIterationAborted',
    'ParallelStateFailed',
    'TaskSucceeded',
    'EvaluationFailed',
    'ExecutionRedriven',
    'ExecutionFailed',
    'ExecutionAborted',
    'ExecutionTimedOut',
    'ExecutionSucceeded',
  ];
  const logged = (level: 'ALL' | 'ERROR' | 'FATAL' | 'OFF') => types.filter((type) => isLogged(level, type));

  it('logs everything at ALL and nothing at OFF', () => {
    expect(logged('ALL')).toEqual(types);
    expect(logged('OFF')).toEqual([]);
  });

  it('logs at ERROR what fails, aborts or times out, and the Fail state', () => {
    expect(types.filter((type) => !logged('ERROR').includes(type))).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskSucceeded',
      'ExecutionRedriven',
      'ExecutionSucceeded',
    ]);
  });

  it('logs at FATAL only how an execution ended badly', () => {
    expect(logged('FATAL')).toEqual(['ExecutionFailed', 'ExecutionAborted', 'ExecutionTimedOut']);
  });
});

describe('logLine', () => {
  const arn = 'arn:aws:states:us-east-1:000000000000:execution:m:1';
  const line = (details: object, includeExecutionData: boolean) => {
    const event = { id: 3, previousEventId: 2, timestamp: toEpochMs(1_767_225_600_123), type: 'PassStateExited' };
    return JSON.parse(logLine({ ...event, ...details }, { arn, redriveCount: 1, includeExecutionData }).text);
  };
  const exited = { stateExitedEventDetails: { name: 'A', output: '{"a":1}', outputDetails: { truncated: false } } };

  it('has AWS’s names, and numbers as texts', () => {
    expect(line(exited, true)).toEqual({
      id: '3',
      type: 'PassStateExited',
      details: { name: 'A', output: '{"a":1}', outputDetails: { truncated: false } },
      redrive_count: '1',
      previous_event_id: '2',
      event_timestamp: '1767225600123',
      execution_arn: arn,
    });
  });

  it('leaves out the data of the execution, and keeps what went wrong', () => {
    expect(line(exited, false).details).toEqual({ name: 'A' });
    const failed = { executionFailedEventDetails: { error: 'E', cause: 'C' } };
    expect(line(failed, false).details).toEqual({ error: 'E', cause: 'C' });
  });

  it('has empty details for an event that has none', () => {
    expect(line({}, true).details).toEqual({});
  });

  it('cuts an output that takes more than 248 KiB as a JSON text', () => {
    const long = JSON.stringify('"'.repeat(100_000));
    const { details } = line({ stateExitedEventDetails: { output: long, outputDetails: { truncated: false } } }, true);
    expect(details.outputDetails).toEqual({ truncated: true });
    expect(long.startsWith(details.output)).toBe(true);
    expect(JSON.stringify(details.output).length).toBeLessThanOrEqual(248 * 1024);
    expect(JSON.stringify(details.output).length).toBeGreaterThan(247 * 1024);
  });
});
