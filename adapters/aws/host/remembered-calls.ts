import { StepFailure } from '../../../functions/step-failure.ts';
import type { Key, Table } from '../dynamodb/index.ts';

/** What is known about a call with this key before it runs. */
export type Claim = { readonly kind: 'run' } | { readonly kind: 'done'; readonly output: unknown };

export interface RememberedCalls {
  /**
   * Takes the call with a conditional put, or gives what it answered before. A claim ends with its function's time, so that a
   * call whose process died can be repeated.
   * @throws StepFailure `Pointsman.StillRunning` while another process runs it
   */
  claim(key: string, now: number, endsWithinMs: number): Promise<Claim>;
  succeeded(key: string, now: number, output: unknown): Promise<void>;
  /** A call that failed may run again. */
  failed(key: string): Promise<void>;
}

const KEPT_SECONDS = 24 * 3600;
/** An item has room for 400 KB. */
const LONGEST_OUTPUT = 300_000;

/** Calls of one function by the key of their task, in DynamoDB, for a day. */
export function rememberedCalls(table: Table, name: string): RememberedCalls {
  const keyOf = (key: string): Key => ({ pk: `call#${name}#${key}`, sk: 'call' });
  const until = (now: number) => Math.ceil(now / 1000) + KEPT_SECONDS;

  return {
    async claim(key, now, endsWithinMs) {
      let claim: Claim = { kind: 'run' };
      await table.change(keyOf(key), (found) => {
        if (found !== undefined && typeof found['output'] === 'string') {
          claim = { kind: 'done', output: JSON.parse(found['output']) };
          return undefined;
        }
        if (found !== undefined && Number(found['endsAt']) > now)
          throw new StepFailure(
            'Pointsman.StillRunning',
            `${name} runs with the key ${key} already; it ends by ${new Date(Number(found['endsAt'])).toISOString()}`,
          );
        return { endsAt: now + endsWithinMs, expiresAtSeconds: until(now) };
      });
      return claim;
    },
    async succeeded(key, now, output) {
      const text = JSON.stringify(output ?? null);
      if (text.length > LONGEST_OUTPUT) return table.remove(keyOf(key)); // a repetition runs again
      await table.change(keyOf(key), () => ({ output: text, expiresAtSeconds: until(now) }));
    },
    failed: (key) => table.remove(keyOf(key)),
  };
}
