import { expect, it } from 'vitest';
import { endOfLast } from './record-proof.ts';

it('the place of a proof is where the last record ends, also at the beginning of a page or segment', () => {
  const end = (next: bigint) => endOfLast(next, 1_048_576n);

  expect(end(0x1400028n)).toBe(0x1400000n); // a segment begins with 40 bytes of its own
  expect(end(0x1402018n)).toBe(0x1402000n); // a page within with 24
  expect(end(0x1400030n)).toBe(0x1400030n);
  expect(end(0x1402028n)).toBe(0x1402028n);
});
