import { describe, expect, it } from 'vitest';
import { javaRandom } from './java-random.ts';

describe('javaRandom', () => {
  it('gives the doubles of java.util.Random for a seed', () => {
    const random = javaRandom(42);

    expect([random.nextDouble(), random.nextDouble()]).toEqual([0.7275636800328681, 0.6832234717598454]);
  });

  it('gives the integers of java.util.Random for a seed', () => {
    const random = javaRandom(42);

    expect([random.nextInt(10), random.nextInt(10), random.nextInt(10)]).toEqual([0, 3, 8]);
  });

  it('takes the high bits for a bound that is a power of two', () => {
    expect(javaRandom(42).nextInt(16)).toBe(11);
  });

  it('truncates a seed that is no whole number', () => {
    expect(javaRandom(42.9).nextDouble()).toBe(0.7275636800328681);
  });
});
