import { appendFile, open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { capLog, lastLogLines } from './instance-log.ts';

const newLog = async () => join(await temporaryFolder(), 'a.log');

describe('lastLogLines', () => {
  it('gives none when there is no log', async () => {
    expect(await lastLogLines(await newLog())).toEqual([]);
  });

  it('gives the last 20, also one that is not ended yet', async () => {
    const log = await newLog();
    await writeFile(log, `${Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n')}\nhalf`);

    const lines = await lastLogLines(log);

    expect([lines.length, lines[0], lines.at(-1)]).toEqual([20, 'line 11', 'half']);
  });

  it('leaves out a line whose beginning it did not read, and shortens long ones', async () => {
    const log = await newLog();
    await writeFile(log, `${'x'.repeat(100_000)}\n${'y'.repeat(600)}\n`);

    expect(await lastLogLines(log)).toEqual([`${'y'.repeat(500)}…`]);
  });
});

describe('capLog', () => {
  it('cuts a long log to its end, where its writer goes on', async () => {
    const log = await newLog();
    await using writer = await open(log, 'a');
    await writer.write(`${'x'.repeat(99)}\n`.repeat(50_000));

    await capLog(log);
    await writer.write('and on\n');

    expect((await stat(log)).size).toBeLessThan(300 * 1024);
    expect(await lastLogLines(log)).toEqual([...Array.from({ length: 19 }, () => 'x'.repeat(99)), 'and on']);
  });

  it('leaves a short log alone', async () => {
    const log = await newLog();
    await appendFile(log, 'a\nb\n');

    await capLog(log);

    expect(await lastLogLines(log)).toEqual(['a', 'b']);
  });
});
