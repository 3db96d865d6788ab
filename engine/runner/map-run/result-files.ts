import { type ChildResult, flattened, type MapRun, mapRunId, resultRecord, transformed } from '../../core/index.ts';
import type { Effect } from '../../core/index.ts';
import type { Json, JsonObject } from '../../data/json.ts';

type WriteResults = Extract<Effect, { kind: 'WriteResults' }>;

export interface ResultFile {
  readonly key: string;
  readonly body: string;
}

export interface ResultsAsked extends Pick<WriteResults, 'transformation' | 'outputType'> {
  readonly run: Pick<MapRun, 'arn' | 'machineArn'>;
  readonly bucket: string;
  /** Undefined for the root of the bucket. */
  readonly prefix: string | undefined;
  readonly results: readonly ChildResult[];
  /** Items that no execution was started for. */
  readonly pending: readonly Json[];
}

/**
 * The files of a ResultWriter: one for each thing that became of executions, and last the manifest that names them.
 * (Step Functions guide, "ResultWriter")
 */
export function resultFiles(asked: ResultsAsked): {
  readonly files: readonly ResultFile[];
  readonly manifest: ResultFile;
} {
  const { run, bucket, prefix, results, pending, transformation } = asked;
  const keyOf = (name: string) => [...(prefix ? [prefix] : []), mapRunId(run.arn), name].join('/');
  const succeeded = results.filter(({ status }) => status === 'SUCCEEDED');
  const failed = results.filter(({ status }) => status !== 'SUCCEEDED');
  const contents = {
    FAILED: failed.map(resultRecord),
    PENDING: pending.map((item) => pendingRecord(item, run)),
    SUCCEEDED: flattened(
      succeeded.map((result) => transformed(result, transformation)),
      transformation,
    ),
  };
  const files = Object.entries(contents).flatMap(([status, entries]) =>
    entries.length === 0 ? [] : [{ status, key: keyOf(`${status}_0.json`), body: written(entries, asked.outputType) }],
  );
  const named = (status: string) =>
    files
      .filter((file) => file.status === status)
      .map(({ key, body }) => ({ Key: key, Size: Buffer.byteLength(body) }));
  const ResultFiles = { FAILED: named('FAILED'), PENDING: named('PENDING'), SUCCEEDED: named('SUCCEEDED') };
  const manifest = { DestinationBucket: bucket, MapRunArn: run.arn, ResultFiles };
  return {
    files: files.map(({ key, body }) => ({ key, body })),
    manifest: { key: keyOf('manifest.json'), body: JSON.stringify(manifest) },
  };
}

const pendingRecord = (item: Json, { machineArn }: Pick<MapRun, 'machineArn'>): JsonObject => ({
  Input: JSON.stringify(item),
  InputDetails: { Included: true },
  StateMachineArn: machineArn,
  Status: 'PENDING',
});

const written = (entries: readonly Json[], outputType: WriteResults['outputType']): string =>
  outputType === 'JSON' ? JSON.stringify(entries) : entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
