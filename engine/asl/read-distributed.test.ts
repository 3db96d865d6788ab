import { describe, expect, it } from 'vitest';
import { processorOf } from './processor-of.ts';
import { around, aroundJsonata, functionArn, machineOf, problemsOf, stateA } from './reading-in-tests.ts';

const config = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
const processor = { ProcessorConfig: config, StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
const distributed = (fields: object) => ({ Type: 'Map', ItemProcessor: processor, ...fields });
const map = (fields: object) => around(distributed(fields));
const reader = (fields: object) => map({ ItemReader: { Resource: 'arn:aws:states:::s3:getObject', ...fields } });

describe('a distributed Map', () => {
  it('needs nothing but its mode and what kind of executions it starts', () => {
    expect(stateA(map({}), 'Map').distributed).toEqual({
      label: expect.stringMatching(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/),
      executionType: 'STANDARD',
      reader: undefined,
      batcher: undefined,
      writer: undefined,
    });
  });

  it('is one under the old name of its processor too', () => {
    const state = stateA(around({ Type: 'Map', Iterator: processor }), 'Map');

    expect(state.distributed).toBeDefined();
  });

  it('has the same made label whenever it is read, and another than its neighbour', () => {
    const Q = { ...processor, StartAt: 'Q', States: { Q: { Type: 'Succeed' } } };
    const B = distributed({ ItemProcessor: Q, End: true });
    const two = { StartAt: 'A', States: { A: distributed({ Next: 'B' }), B } };
    const labels = () => Object.values(machineOf(two).states).map((s) => s.type === 'Map' && s.distributed?.label);

    expect(labels()).toEqual(labels());
    expect(new Set(labels()).size).toBe(2);
  });

  it('reads a file', () => {
    const ReaderConfig = { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a', 'b'], CSVDelimiter: 'TAB' };
    const state = stateA(reader({ Parameters: { Bucket: 'b', Key: 'k' }, ReaderConfig }), 'Map');

    expect(state.distributed?.reader).toMatchObject({
      action: 'getObject',
      maxItems: undefined,
      config: {
        inputType: 'CSV',
        csvHeaderLocation: 'GIVEN',
        csvHeaders: ['a', 'b'],
        csvDelimiter: 'TAB',
        itemsPointer: undefined,
        flatten: false,
      },
    });
  });

  it.each([
    [{ InputType: 'PARQUET' }, { inputType: 'PARQUET', manifest: undefined }],
    [{ InputType: 'MANIFEST' }, { inputType: undefined, manifest: 'S3_INVENTORY' }],
    [{ ManifestType: 'S3_INVENTORY' }, { inputType: undefined, manifest: 'S3_INVENTORY' }],
    [
      { ManifestType: 'ATHENA_DATA', InputType: 'PARQUET' },
      { inputType: 'PARQUET', manifest: 'ATHENA_DATA' },
    ],
  ])('reads by the ReaderConfig %j', (ReaderConfig, config) => {
    expect(stateA(reader({ ReaderConfig }), 'Map').distributed?.reader).toMatchObject({ config });
  });

  it('takes limits from the input in both query languages', () => {
    const ReaderConfig = { InputType: 'JSON' };
    const byPath = stateA(reader({ ReaderConfig: { ...ReaderConfig, MaxItemsPath: '$.most' } }), 'Map');
    const Resource = 'arn:aws:states:::s3:getObject';
    const computed = stateA(
      aroundJsonata(
        distributed({
          ItemReader: { Resource, Arguments: { Bucket: 'b', Key: '{% $k %}' }, ReaderConfig },
          ItemBatcher: { MaxItemsPerBatch: '{% $states.input.most %}', BatchInput: { a: 1 } },
        }),
      ),
      'Map',
    );

    expect(byPath.distributed?.reader?.maxItems).toMatchObject({ kind: 'path', field: 'MaxItemsPath' });
    expect(computed.distributed?.batcher).toMatchObject({
      maxItems: { kind: 'template', field: 'ItemBatcher/MaxItemsPerBatch' },
      maxBytes: undefined,
      input: {},
    });
  });

  it.each([
    [{ Resource: 'arn:aws:states:::s3:putObject', Parameters: {} }, 'NONE'],
    [{ WriterConfig: {} }, 'COMPACT'],
    [{ WriterConfig: { Transformation: 'FLATTEN' } }, 'FLATTEN'],
  ])('with the ResultWriter %j transforms its results by %s', (ResultWriter, transformation) => {
    expect(stateA(map({ ResultWriter }), 'Map').distributed?.writer).toMatchObject({ transformation });
  });

  it.each([
    [{ Label: 'a b' }, /white space.*this one has " " at \/States\/A\/Label$/],
    [
      { Label: 'x'.repeat(41) },
      /INVALID_LABEL_NAME: Invalid Label name: 'x{41}' exceeds the 40-character limit allowed by the service at/,
    ],
    [{ Label: '' }, /A label has 1 to 40 characters, this one has none at/],
    [{ ItemBatcher: { MaxItemsPerBatch: 0 } }, /Minimum value is 1 at \/States\/A\/ItemBatcher\/MaxItemsPerBatch/],
    [{ ItemBatcher: { Most: 1 } }, /Field 'Most' is not supported at \/States\/A\/ItemBatcher/],
    [{ ItemReader: { ReaderConfig: { InputType: 'JSON' } } }, /These fields are required: \[Resource\]/],
    [{ ItemReader: { Resource: 'arn:aws:states:::s3:getObject' } }, /These fields are required: \[InputType\]/],
    [{ ResultWriter: {} }, /A ResultWriter has a Resource and Parameters, or a WriterConfig, or all three/],
    [{ ResultWriter: { Parameters: {} } }, /A ResultWriter has a Resource and Parameters/],
  ])('is refused with %j', (fields, problem) => {
    expect(problemsOf(map(fields))).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    [{ InputType: 'CSV' }, /These fields are required: \[CSVHeaderLocation\]/],
    [{ InputType: 'CSV', CSVHeaderLocation: 'GIVEN' }, /These fields are required: \[CSVHeaders\]/],
    [{ ManifestType: 'ATHENA_DATA' }, /These fields are required: \[InputType\]/],
    [
      { ManifestType: 'ATHENA_DATA', InputType: 'MANIFEST' },
      /is that of its files: one of \[CSV, JSON, JSONL, PARQUET\]/,
    ],
    [{ ManifestType: 'S3_INVENTORY', InputType: 'JSON' }, /The files of an S3 inventory are CSV.*not 'JSON'/],
    [
      { InputType: 'JSON', ManifestType: 'ORC' },
      /'ManifestType' should have one of these values: \[ATHENA_DATA, S3_INVENTORY\]/,
    ],
    [{ InputType: 'JSONL', ItemsPointer: '/a' }, /'ItemsPointer' points into JSON; the InputType is 'JSONL'/],
    [{ InputType: 'XML' }, /'InputType' should have one of these values: \[CSV, JSON, JSONL, PARQUET, MANIFEST\]/],
    [{ InputType: 'JSON', MaxItems: -1 }, /Minimum value is 0 at \/States\/A\/ItemReader\/ReaderConfig\/MaxItems/],
    [{ InputType: 'JSON', ItemsPointer: 'a' }, /'a' is no JSON Pointer/],
    [{ InputType: 'JSON', Transformation: 'LOAD_AND_FLATTEN' }, /the Resource is no listObjectsV2/],
  ])('is refused with the ReaderConfig %j', (ReaderConfig, problem) => {
    expect(problemsOf(reader({ ReaderConfig }))).toEqual([expect.stringMatching(problem)]);
  });

  it('says which kind of executions it starts', () => {
    const ItemProcessor = { ...processor, ProcessorConfig: { Mode: 'DISTRIBUTED' } };

    expect(problemsOf(map({ ItemProcessor }))).toEqual([
      'SCHEMA_VALIDATION_FAILED: These fields are required: [ExecutionType] at /States/A/ItemProcessor/ProcessorConfig',
    ]);
  });

  it('is refused in an Express machine', () => {
    expect(problemsOf(map({}), { type: 'EXPRESS' })).toEqual([
      expect.stringContaining(
        "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines",
      ),
    ]);
  });

  it('holds its Express executions to what Express executions may do', () => {
    const Resource = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
    const P = { Type: 'Task', Resource, Parameters: { FunctionName: functionArn }, End: true };
    const of = (ExecutionType: string) =>
      map({ ItemProcessor: { ProcessorConfig: { ...config, ExecutionType }, StartAt: 'P', States: { P } } });

    expect(problemsOf(of('STANDARD'))).toEqual([]);
    expect(problemsOf(of('EXPRESS'))).toEqual([expect.stringContaining("does not support '.waitForTaskToken'")]);
  });

  it('shares its label with no other Map of the definition', () => {
    const Q = { ...processor, StartAt: 'Q', States: { Q: { Type: 'Succeed' } } };
    const inner = { ...processor, States: { P: { ...distributed({ Label: 'one', ItemProcessor: Q }), End: true } } };

    expect(problemsOf(map({ Label: 'one', ItemProcessor: inner }))).toEqual([
      'DUPLICATE_LABEL_NAME: Duplicate Label name: one at /States/A/ItemProcessor/States/P/Label',
    ]);
  });

  it('has variables of its own, which may have the names of those around it', () => {
    const P = { Type: 'Pass', Assign: { x: 2 }, End: true };

    expect(problemsOf(map({ Assign: { x: 1 }, ItemProcessor: { ...processor, States: { P } } }))).toEqual([]);
  });
});

describe('processorOf', () => {
  it('finds the processor of a Map by its label, however deep it stands, as a machine', () => {
    const inner = { ...processor, StartAt: 'Deep', States: { Deep: { Type: 'Succeed' } } };
    const outer = {
      ...processor,
      States: { P: { ...distributed({ Label: 'deep', ItemProcessor: inner }), End: true } },
    };
    const machine = machineOf({
      StartAt: 'Both',
      States: { Both: { Type: 'Parallel', End: true, Branches: [map({ Label: 'outer', ItemProcessor: outer })] } },
      TimeoutSeconds: 9,
    });

    expect(processorOf(machine, 'deep')).toMatchObject({ startAt: 'Deep', queryLanguage: 'JSONPath' });
    expect(processorOf(machine, 'outer')).toMatchObject({ startAt: 'P', timeoutSeconds: undefined });
    expect(processorOf(machine, 'other')).toBeUndefined();
  });
});
