import { describe, expect, it } from 'vitest';
import { identifierOf } from './identifiers.ts';

describe('identifierOf', () => {
  it('is what RDS takes: lower case, and never two hyphens in a row', () => {
    expect(identifierOf('shop', 'shop-20261127T020000Z')).toBe('pm-shop-shop-20261127t020000z');
    expect(identifierOf('shop-north', '--drill')).toBe('pm-shop-north-drill');
  });

  it('keeps long names apart in 63 characters', () => {
    const [a, b] = ['a', 'b'].map((end) => identifierOf('x'.repeat(40), `${'y'.repeat(30)}${end}`));

    expect(a).toMatch(/^[a-z](-?[a-z0-9])*$/);
    expect(a?.length).toBeLessThanOrEqual(63);
    expect(a).not.toBe(b);
  });
});
