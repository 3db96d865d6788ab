import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Part, Said } from './part.ts';

const PROGRAM = fileURLToPath(new URL('play-part.ts', import.meta.url));

/** Plays parts, each in a process of its own, as many at once as there are processors. @throws Error when one fails */
export async function playParts(parts: readonly Part[], hear: (host: string, said: Said) => void): Promise<void> {
  const left = [...parts];
  const work = async () => {
    for (let part = left.shift(); part !== undefined; part = left.shift()) await playPart(part, hear);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

async function playPart(part: Part, hear: (host: string, said: Said) => void): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, METADATA_SERVER_DETECTION: 'none' }, // or Google's clients look for it on the network
  });
  const ended = once(child, 'exit');
  child.stdin.end(JSON.stringify(part));
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith('{"kind"')) hear(part.host, JSON.parse(line) as Said);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`a part on ${part.host} ended with exit code ${code}`);
}
