import { describe, expect, it } from 'vitest';
import { toEpochMs } from '../../data/instant.ts';
import type { ChildResult } from '../../core/index.ts';
import { resultFiles, type ResultsAsked } from './result-files.ts';

const arn = 'arn:aws:states:us-east-1:000000000000:mapRun:machine/each:0f1e';
const machineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:machine/each';

const succeeded = (name: string, output: string): ChildResult => ({
  arn: `arn:aws:states:us-east-1:000000000000:execution:machine/each:${name}`,
  machineArn,
  name,
  status: 'SUCCEEDED',
  startedAt: toEpochMs(1_700_000_000_000),
  stoppedAt: toEpochMs(1_700_000_001_500),
  input: '1',
  output,
  error: undefined,
  cause: undefined,
});
const failed = (name: string): ChildResult => ({
  ...succeeded(name, ''),
  status: 'FAILED',
  output: undefined,
  error: 'Bad',
  cause: 'no',
});

const files = (more: Partial<ResultsAsked>) => {
  const asked: ResultsAsked = {
    run: { arn, machineArn },
    bucket: 'bucket',
    prefix: 'runs',
    results: [],
    pending: [],
    transformation: 'NONE',
    outputType: 'JSON',
    ...more,
  };
  const made = resultFiles(asked);
  return {
    contents: Object.fromEntries(made.files.map(({ key, body }) => [key, body])),
    manifest: { key: made.manifest.key, body: JSON.parse(made.manifest.body) },
  };
};

describe('resultFiles', () => {
  it('names what it wrote in a manifest', () => {
    const { contents, manifest } = files({ results: [succeeded('a', '1'), failed('b')], pending: [3] });
    const sizeOf = (key: string) => Buffer.byteLength(contents[key] ?? '');
    const named = (status: string) => [
      { Key: `runs/0f1e/${status}_0.json`, Size: sizeOf(`runs/0f1e/${status}_0.json`) },
    ];

    expect(manifest).toEqual({
      key: 'runs/0f1e/manifest.json',
      body: {
        DestinationBucket: 'bucket',
        MapRunArn: arn,
        ResultFiles: { FAILED: named('FAILED'), PENDING: named('PENDING'), SUCCEEDED: named('SUCCEEDED') },
      },
    });
  });

  it('writes no file of nothing, and without a prefix begins with the id of the run', () => {
    const { contents, manifest } = files({ prefix: undefined });

    expect(contents).toEqual({});
    expect(manifest.key).toBe('0f1e/manifest.json');
    expect(manifest.body.ResultFiles).toEqual({ FAILED: [], PENDING: [], SUCCEEDED: [] });
  });

  it('writes all that is known of an execution', () => {
    const { contents } = files({ results: [succeeded('a', '{"x":1}')] });

    expect(JSON.parse(contents['runs/0f1e/SUCCEEDED_0.json'] ?? '')).toEqual([
      {
        ExecutionArn: 'arn:aws:states:us-east-1:000000000000:execution:machine/each:a',
        Input: '1',
        InputDetails: { Included: true },
        Name: 'a',
        Output: '{"x":1}',
        OutputDetails: { Included: true },
        RedriveCount: 0,
        RedriveStatus: 'NOT_REDRIVABLE',
        RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
        StartDate: '2023-11-14T22:13:20.000Z',
        StateMachineArn: machineArn,
        Status: 'SUCCEEDED',
        StopDate: '2023-11-14T22:13:21.500Z',
      },
    ]);
  });

  it.each([
    ['COMPACT', [[1, 2], 3]],
    ['FLATTEN', [1, 2, 3]],
  ] as const)('writes outputs alone for %s, and failures whole', (transformation, outputs) => {
    const results = [succeeded('a', '[1,2]'), succeeded('b', '3'), failed('c')];
    const { contents } = files({ results, transformation });

    expect(JSON.parse(contents['runs/0f1e/SUCCEEDED_0.json'] ?? '')).toEqual(outputs);
    expect(JSON.parse(contents['runs/0f1e/FAILED_0.json'] ?? '')).toMatchObject([{ Error: 'Bad', Cause: 'no' }]);
  });

  it('writes a line for each result when asked to', () => {
    const results = [succeeded('a', '"x"'), succeeded('b', '3')];
    const { contents } = files({ results, transformation: 'COMPACT', outputType: 'JSONL' });

    expect(contents['runs/0f1e/SUCCEEDED_0.json']).toBe('"x"\n3\n');
  });
});
