import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from './sealed-stream.ts';

const key = Buffer.alloc(32, 7);

describe('a sealed stream', () => {
  it('opens to what was sealed, whatever its length', async () => {
    for (const length of [0, 1, 262_143, 262_144, 262_145, 600_000]) {
      const plain = randomBytes(length);
      expect((await opened(await sealed(plain))).equals(plain)).toBe(true);
    }
  });

  it('shows any changed byte', async () => {
    const whole = await sealed(randomBytes(300_000));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (at) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ 1;
        await expect(opened(changed)).rejects.toThrow(/changed|begin/);
      }),
      { numRuns: 30 },
    );
  });

  it('shows that it was cut short, also between two chunks', async () => {
    const whole = await sealed(randomBytes(600_000));
    for (const kept of [0, 10, 20, 20 + 262_160, 20 + 2 * 262_160, whole.length - 1])
      await expect(opened(whole.subarray(0, kept))).rejects.toThrow(/cut short|begin/);
  });

  it('is not taken for another one', async () => {
    const whole = await sealed(Buffer.from('a'));
    await expect(Array.fromAsync(unseal(key, 'b', [whole]))).rejects.toThrow('changed');
    await expect(Array.fromAsync(unseal(Buffer.alloc(32), 'a', [whole]))).rejects.toThrow('changed');
  });

  it('is never the same twice', async () => {
    const plain = Buffer.from('the same');
    expect((await sealed(plain)).equals(await sealed(plain))).toBe(false);
  });
});

const sealed = async (plain: Buffer): Promise<Buffer> => Buffer.concat(await Array.fromAsync(seal(key, 'a', [plain])));
const opened = async (whole: Buffer): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(unseal(key, 'a', [whole])));
