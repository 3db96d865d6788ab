import { describe, expect, it } from 'vitest';
import { longCalls } from './long-calls.ts';

describe('a long call', () => {
  it('is begun once, says that it goes on, and gives its outcome to whoever asks next', async () => {
    const calls = longCalls(5);
    const { promise, resolve } = Promise.withResolvers<string>();
    let begun = 0;
    const work = () => {
      begun++;
      return promise;
    };
    await expect(calls.ask('it', work)).rejects.toMatchObject({ name: 'Pointsman.StillWorking' });
    await expect(calls.ask('it', work)).rejects.toMatchObject({ name: 'Pointsman.StillWorking' });
    resolve('done');

    expect(await calls.ask('it', work)).toBe('done');
    expect(begun).toBe(1);
  });

  it('gives its failure once, and is begun anew after it', async () => {
    const calls = longCalls(5);
    await expect(calls.ask('it', () => Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(await calls.ask('it', async () => 'done')).toBe('done');
  });

  it('can be waited for, however it ends', async () => {
    const calls = longCalls(1000);
    const { promise, reject } = Promise.withResolvers<string>();
    const asked = calls.ask('it', () => promise);
    const over = calls.over('it');
    reject(new Error('no'));

    await expect(asked).rejects.toThrow('no');
    await expect(over).resolves.toBeUndefined();
    await expect(calls.over('another')).resolves.toBeUndefined();
  });
});
