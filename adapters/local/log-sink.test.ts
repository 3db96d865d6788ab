import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileLogSink } from './log-sink.ts';

describe('fileLogSink', () => {
  const arn = 'arn:aws:logs:us-east-1:000000000000:log-group:states:*';
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pointsman-logs-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const read = () => readFile(join(folder, 'states.jsonl'), 'utf8');

  it.each([0, 10, 200_000])('cuts off a line that a crash left half, after %d bytes of whole ones', async (bytes) => {
    const whole = bytes === 0 ? '' : `${'x'.repeat(bytes)}\n`;
    await writeFile(join(folder, 'states.jsonl'), `${whole}{"half`);
    await fileLogSink(folder).put(arn, ['next']);

    expect(await read()).toBe(`${whole}next\n`);
  });

  it('goes on in a new file when somebody moved the old one away', async () => {
    const sink = fileLogSink(folder);
    await sink.put(arn, ['old']);
    await rm(join(folder, 'states.jsonl'));
    await sink.put(arn, ['new']);

    expect(await read()).toBe('new\n');
  });

  it('rejects when it cannot write, and takes the next lines when it can', async () => {
    const sink = fileLogSink(folder);
    await mkdir(join(folder, 'states.jsonl'));
    await expect(sink.put(arn, ['lost'])).rejects.toThrow('EISDIR');
    await rm(join(folder, 'states.jsonl'), { recursive: true });
    await sink.put(arn, ['next']);

    expect(await read()).toBe('next\n');
  });

  it('makes no file outside its folder', async () => {
    const sink = fileLogSink(join(folder, 'logs'));
    await sink.put('arn:aws:logs:us-east-1:000000000000:log-group:../../up:*', ['line']);
    await expect(sink.put('arn:aws:logs:us-east-1:000000000000:log-group:a b:*', ['line'])).rejects.toThrow('ARN');

    expect(await readdir(folder)).toEqual(['logs']);
  });
});
