import { describe, expect, it } from 'vitest';
import { layoutFolder, readImageName } from './image-name.ts';

describe('readImageName', () => {
  it('takes the tag behind the last colon', () => {
    expect(readImageName('team/shop:v2')).toEqual({ repository: 'team/shop', tag: 'v2' });
  });

  it.each(['shop', 'shop:', ':v1', 'Shop:v1', '../shop:v1', 'shop:-v', 'shop/:v1'])('refuses %s', (text) => {
    expect(() => readImageName(text)).toThrow(`image: found ${JSON.stringify(text)}; wanted repository:tag`);
  });
});

describe('layoutFolder', () => {
  it('never leads out of the registry', () => {
    expect(layoutFolder('/registry', 'team/shop')).toBe('/registry/team/shop');
    expect(() => layoutFolder('/registry', '../shop')).toThrow(/repository: found "..\/shop"/);
  });
});
