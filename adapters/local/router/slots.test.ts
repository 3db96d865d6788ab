import { describe, expect, it } from 'vitest';
import { slots } from './slots.ts';

describe('slots', () => {
  it('give what is held and not let go', () => {
    const open = slots<string>();
    const a = open.hold('a');
    open.hold('b');
    open.letGo(a);

    expect(open.values()).toEqual(['b']);
  });

  it('use an empty slot again', () => {
    const open = slots<string>();
    const slot = open.hold('a');
    open.letGo(slot);

    expect(open.hold('b')).toBe(slot);
  });
});
