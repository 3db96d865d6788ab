import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogSink } from '../../engine/runner/ports.ts';

export interface LogSinkUnderTest {
  readonly sink: LogSink;
  /** The lines of a log group, as somebody who reads it finds them. */
  readonly lines: (logGroupArn: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const arnOf = (name: string): string => `arn:aws:logs:us-east-1:000000000000:log-group:${name}:*`;

/** What every LogSink does: the sentences of the port, one by one. `open` gives one that has, or would make, the groups named. */
export function logSinkContract(
  name: string,
  open: (logGroupArns: readonly string[]) => Promise<LogSinkUnderTest>,
): void {
  describe(`LogSink: ${name}`, () => {
    const [first, second] = [arnOf('/aws/states/first'), arnOf('second.#_-')];
    let tested: LogSinkUnderTest;
    beforeEach(async () => {
      tested = await open([first, second]);
    });
    afterEach(() => tested.close());

    it('has the groups that it has', async () => {
      expect(await tested.sink.has(first)).toBe(true);
      expect(await tested.sink.has('arn:aws:s3:::bucket')).toBe(false);
    });

    it('appends lines to their own group, in the order they are put', async () => {
      await tested.sink.put(first, ['1', '2']);
      await tested.sink.put(second, ['other']);
      await tested.sink.put(first, ['3']);

      expect(await tested.lines(first)).toEqual(['1', '2', '3']);
      expect(await tested.lines(second)).toEqual(['other']);
    });

    it('keeps every line and the order of each writer when many put at once', async () => {
      const writers = Array.from({ length: 20 }, (_, writer) => writer);
      await Promise.all(
        writers.map(async (writer) => {
          for (let i = 0; i < 5; i++) await tested.sink.put(first, [`${writer} ${i}a`, `${writer} ${i}b`]);
        }),
      );
      const lines = await tested.lines(first);

      expect(lines).toHaveLength(200);
      for (const writer of writers)
        expect(lines.filter((line) => line.startsWith(`${writer} `))).toEqual(
          [0, 1, 2, 3, 4].flatMap((i) => [`${writer} ${i}a`, `${writer} ${i}b`]),
        );
    });

    it('keeps a line byte for byte', async () => {
      const line = JSON.stringify({ text: 'ü 漢 😀 "\\" \u2028', long: 'x'.repeat(300_000) });
      await tested.sink.put(first, [line]);

      expect(await tested.lines(first)).toEqual([line]);
    });
  });
}
