import { appendFile, open, truncate } from 'node:fs/promises';

const shownBytes = 16 * 1024;
const shownLines = 20;
const shownColumns = 500;

/** A log larger than this is cut when it is next looked at. */
const capBytes = 4 * 1024 * 1024;
const keptBytes = 256 * 1024;

/** The newest lines of a log, oldest first: at most 20, each at most 500 characters; none when there is no log. */
export async function lastLogLines(file: string): Promise<readonly string[]> {
  const { text, whole } = await tail(file, shownBytes);
  const lines = text.split(/\r?\n/);
  if (!whole) lines.shift(); // it lost its beginning
  if (lines.at(-1) === '') lines.pop();
  return lines
    .slice(-shownLines)
    .map((line) => (line.length > shownColumns ? `${line.slice(0, shownColumns)}…` : line));
}

/**
 * Cuts a log of more than 4 MiB to its last 256 KiB, in place: its writer has it open for appending and goes on at
 * the new end. What is written between reading and cutting is lost.
 */
export async function capLog(file: string): Promise<void> {
  const { text, size } = await tail(file, keptBytes);
  if (size <= capBytes) return;
  await truncate(file, 0);
  await appendFile(file, text.slice(text.indexOf('\n') + 1));
}

async function tail(file: string, bytes: number): Promise<{ text: string; size: number; whole: boolean }> {
  await using log = await open(file, 'r').catch(() => undefined);
  if (log === undefined) return { text: '', size: 0, whole: true };
  const { size } = await log.stat();
  const start = Math.max(0, size - bytes);
  const { buffer, bytesRead } = await log.read({ buffer: Buffer.alloc(size - start), position: start });
  return { text: buffer.toString('utf8', 0, bytesRead), size, whole: start === 0 };
}
