import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileLogSink } from '../../adapters/local/log-sink.ts';
import { memoryLogSink } from '../../adapters/memory/log-sink.ts';
import { logSinkContract } from './log-sink.ts';

logSinkContract('memory', async (groups) => {
  const sink = memoryLogSink(groups);
  return { sink, lines: async (arn) => sink.lines(arn), close: async () => {} };
});

logSinkContract('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pointsman-logs-'));
  return {
    sink: fileLogSink(folder),
    lines: async (arn) => {
      const name = arn.split(':')[6]?.replace(/^\//, '%/').replace('#', '%23') ?? '';
      return (await readFile(join(folder, `${name}.jsonl`), 'utf8')).split('\n').slice(0, -1);
    },
    close: () => rm(folder, { recursive: true }),
  };
});
