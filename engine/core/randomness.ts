import { createHash } from 'node:crypto';
import type { Randomness } from '../data/evaluation.ts';

export interface StepRandomness extends Randomness {
  /** 32 unpredictable hexadecimal digits. */
  hex(): string;
}

/** Randomness derived from a seed: the same seed gives the same numbers, ids and tokens, and nobody without it can guess them. */
export function randomnessOf(seed: string): StepRandomness {
  let drawn = 0;
  const draw = () => createHash('sha256').update(`${seed}/${drawn++}`).digest();
  return {
    // 48 bits are plenty for jitter and sampling, and divide without rounding.
    number: () => draw().readUIntBE(0, 6) / 2 ** 48,
    uuid: () => uuidOf(draw()),
    hex: () => draw().toString('hex', 0, 16),
  };
}

/** Version 4, variant 1 (RFC 9562, section 5.4). */
function uuidOf(bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
