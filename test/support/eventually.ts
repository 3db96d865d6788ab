import { setTimeout as pause } from 'node:timers/promises';

/**
 * What `read` gave as soon as `holds` is true of it. Reads again every `everyMs` milliseconds (default 20).
 * @throws Error with what was read last, after `withinMs` milliseconds (default 10 000)
 */
export async function eventually<T>(
  read: () => T | Promise<T>,
  holds: (value: T) => boolean,
  withinMs = 10_000,
  everyMs = 20,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > deadline) throw new Error(`still not so after ${withinMs} ms, last: ${JSON.stringify(value)}`);
    await pause(everyMs);
  }
}
