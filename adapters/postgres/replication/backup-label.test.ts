import { describe, expect, it } from 'vitest';
import { readBackupLabel, withoutIncremental } from './backup-label.ts';

const full = `START WAL LOCATION: 0/B00028 (file 00000001000000000000000B)
CHECKPOINT LOCATION: 0/B00080
BACKUP METHOD: streamed
BACKUP FROM: primary
START TIME: 2026-11-27 02:00:00 UTC
LABEL: shop-20261127T020000Z
START TIMELINE: 1
`;
const incremental = `${full}INCREMENTAL FROM LSN: 1/A00028\nINCREMENTAL FROM TLI: 1\n`;

describe('a backup label', () => {
  it('says where replay starts, and what it is the difference to', () => {
    expect(readBackupLabel(full)).toEqual({ start: 0xb00028n, timeline: 1, incrementalFrom: undefined });
    expect(readBackupLabel(incremental).incrementalFrom).toEqual({ lsn: 0x1_00a0_0028n, timeline: 1 });
  });

  it('of a combined backup says no more that it is incremental, or no server starts on it', () => {
    expect(withoutIncremental(incremental)).toBe(full);
    expect(withoutIncremental(full)).toBe(full);
  });
});
