import { describe, expect, it } from 'vitest';
import { memoryObjectStore } from '../../../adapters/memory/object-store.ts';
import { functionArn, runMachine } from '../../../test/support/run-machine.ts';
import { toEpochMs } from '../../data/instant.ts';
import type { Json } from '../../data/json.ts';
import type { ObjectStore } from '../object-store.ts';

const getObject = (ReaderConfig: object, Key = 'items') => ({
  Resource: 'arn:aws:states:::s3:getObject',
  Parameters: { Bucket: 'bucket', Key },
  ReaderConfig,
});
const listObjects = (Parameters: object, ReaderConfig = {}) => ({
  Resource: 'arn:aws:states:::s3:listObjectsV2',
  Parameters: { Bucket: 'bucket', ...Parameters },
  ReaderConfig,
});
const writer = (more: object = {}) => ({
  Resource: 'arn:aws:states:::s3:putObject',
  Parameters: { Bucket: 'bucket', Prefix: 'results' },
  ...more,
});
const machine = (fields: object, state: object = { Type: 'Pass', End: true }) => ({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      Label: 'each',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
        StartAt: 'P',
        States: { P: state },
      },
      End: true,
      ...fields,
    },
  },
});

async function objectsWith(contents: Readonly<Record<string, string>>): Promise<ObjectStore> {
  const objects = memoryObjectStore(['bucket'], () => toEpochMs(1_700_000_000_500));
  for (const [key, body] of Object.entries(contents)) await objects.put({ bucket: 'bucket', key }, Buffer.from(body));
  return objects;
}

async function contentsOf(objects: ObjectStore): Promise<Record<string, Json>> {
  const { items } = await objects.list({ bucket: 'bucket', prefix: 'results/', limit: 100 });
  const read = items.map(async ({ key }) => {
    const text = Buffer.from(await objects.get({ bucket: 'bucket', key })).toString();
    return [key.replace(/^results\/[0-9a-f-]{36}\//, ''), JSON.parse(text)] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

describe('an ItemReader', () => {
  it('gives the items of a file, from where they are', async () => {
    const objects = await objectsWith({ items: '{"orders": {"a": 1, "b": 2}}' });
    const ItemSelector = { 'item.$': '$$.Map.Item' };
    const ItemReader = getObject({ InputType: 'JSON', ItemsPointer: '/orders' });
    const { output, history } = await runMachine(machine({ ItemReader, ItemSelector }), { objects });

    expect(output).toEqual([
      { item: { Index: 0, Key: 'a', Value: 1, Source: 'S3://bucket/items' } },
      { item: { Index: 1, Key: 'b', Value: 2, Source: 'S3://bucket/items' } },
    ]);
    expect(history.find(({ type }) => type === 'MapStateStarted')).toMatchObject({
      mapStateStartedEventDetails: { length: 0 },
    });
  });

  it('lists objects', async () => {
    const objects = await objectsWith({ 'logs/1': 'abc', 'logs/2': '', other: '' });
    const { output } = await runMachine(machine({ ItemReader: listObjects({ Prefix: 'logs/' }) }), { objects });

    expect(output).toMatchObject([
      { Key: 'logs/1', Size: 3, StorageClass: 'STANDARD', LastModified: 1_700_000_000 },
      { Key: 'logs/2', Size: 0 },
    ]);
  });

  it('gives the items of every object listed', async () => {
    const objects = await objectsWith({ 'logs/': '', 'logs/1': '[1,2]', 'logs/2': '[3,4]' });
    const config = { InputType: 'JSON', Transformation: 'LOAD_AND_FLATTEN', MaxItems: 3 };
    const { output } = await runMachine(machine({ ItemReader: listObjects({ Prefix: 'logs/' }, config) }), { objects });

    expect(output).toEqual([1, 2, 3]);
  });

  it.each([
    [getObject({ InputType: 'JSON' }, 'none'), /^The specified key does not exist\. .*Error Code: NoSuchKey\)$/],
    [getObject({ InputType: 'JSON' }), /^Attempting to map over non-iterable node\.$/],
    [getObject({ InputType: 'JSON', MaxItemsPath: '$.minus' }), /^field MaxItems must be positive$/],
    [
      { ...getObject({ InputType: 'JSON' }), Parameters: { Bucket: 'none', Key: 'a' } },
      /The specified bucket does not/,
    ],
    [
      { ...getObject({ InputType: 'JSON' }), Parameters: { Key: 'a' } },
      /needs a Bucket, a text; it was given undefined/,
    ],
  ])('that cannot read, as %j, fails the run and its state', async (ItemReader, cause) => {
    const objects = await objectsWith({ items: '{}' });
    const { summary, types, mapRuns } = await runMachine(machine({ ItemReader }), { objects, input: { minus: -1 } });

    expect(summary).toMatchObject({ error: 'States.ItemReaderFailed', cause: expect.stringMatching(cause) });
    expect(types.slice(-4)).toEqual(['MapRunStarted', 'MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    expect(mapRuns).toMatchObject([{ status: 'FAILED', itemCounts: { total: 0 } }]);
  });

  it('with a MaxItems that is no whole number fails its state before the run', async () => {
    const ItemReader = getObject({ InputType: 'JSON', MaxItemsPath: '$.half' });
    const { summary, mapRuns } = await runMachine(machine({ ItemReader }), { input: { half: 1.5 } });

    expect(summary.cause).toMatch(
      /The MaxItemsPath field refers to value "1.5" which is not a valid integer: \$\.half$/,
    );
    expect(mapRuns).toEqual([]);
  });

  it('reads nothing on a host without objects', async () => {
    const { summary } = await runMachine(machine({ ItemReader: getObject({ InputType: 'JSON' }) }));

    expect(summary).toMatchObject({ error: 'States.ItemReaderFailed', cause: 'This host has no object store' });
  });
});

describe('a ResultWriter', () => {
  const work = { Type: 'Task', Resource: functionArn('work'), End: true };
  const functions = {
    work: (item: Json) => {
      if (item === 2) throw new Error('no');
      return item;
    },
  };

  it('writes the results and makes the place its own result', async () => {
    const objects = await objectsWith({});
    const { output, mapRuns } = await runMachine(machine({ ResultWriter: writer() }), { objects, input: ['a', 'b'] });
    const arn = mapRuns[0]?.arn ?? '';
    const Key = `results/${arn.split(':').at(-1)}/manifest.json`;

    expect(output).toEqual({ MapRunArn: arn, ResultWriterDetails: { Bucket: 'bucket', Key } });
    expect(await contentsOf(objects)).toMatchObject({
      'SUCCEEDED_0.json': [
        { Input: '"a"', Output: '"a"', Status: 'SUCCEEDED' },
        { Input: '"b"', Output: '"b"', Status: 'SUCCEEDED' },
      ],
      'manifest.json': { MapRunArn: arn, ResultFiles: { FAILED: [], PENDING: [] } },
    });
    expect(mapRuns).toMatchObject([{ status: 'SUCCEEDED', itemCounts: { resultsWritten: 2 } }]);
  });

  it('holds more results than a state may have', async () => {
    const objects = await objectsWith({});
    const state = { Type: 'Pass', Result: 'x'.repeat(200_000), End: true };
    const ResultWriter = writer({ WriterConfig: { Transformation: 'COMPACT' } });
    const { summary } = await runMachine(machine({ ResultWriter }, state), { objects, input: [1, 2] });

    expect(summary.status).toBe('SUCCEEDED');
    expect((await contentsOf(objects))['SUCCEEDED_0.json']).toEqual(['x'.repeat(200_000), 'x'.repeat(200_000)]);
  });

  it('writes what there is when the run fails, and what was never begun', async () => {
    const objects = await objectsWith({});
    const fields = { ResultWriter: writer(), MaxConcurrency: 1 };
    const { summary, types } = await runMachine(machine(fields, work), { objects, input: [1, 2, 3, 4], functions });

    expect(summary.error).toBe('States.ExceedToleratedFailureThreshold');
    expect(types.slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    expect(await contentsOf(objects)).toMatchObject({
      'SUCCEEDED_0.json': [{ Input: '1' }],
      'FAILED_0.json': [{ Input: '2', Status: 'FAILED', Error: 'Error' }],
      'PENDING_0.json': [{ Input: '3', Status: 'PENDING' }, { Input: '4' }],
    });
  });

  it('that only transforms leaves the results in the state', async () => {
    const ResultWriter = { WriterConfig: { Transformation: 'FLATTEN' } };
    const { output } = await runMachine(machine({ ResultWriter }), { input: [[1, 2], 3] });

    expect(output).toEqual([1, 2, 3]);
  });

  it('that cannot write fails the state', async () => {
    const ResultWriter = { ...writer(), Parameters: { Bucket: 'none' } };
    const { summary } = await runMachine(machine({ ResultWriter }), { objects: await objectsWith({}), input: [1] });

    expect(summary).toMatchObject({ error: 'States.ResultWriterFailed', cause: 'The specified bucket does not exist' });
  });
});
