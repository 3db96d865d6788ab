import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readBackupManifest } from './backup-manifest.ts';

const body = `{ "PostgreSQL-Backup-Manifest-Version": 2,
"System-Identifier": 7568934561203847169,
"Files": [
{ "Path": "PG_VERSION", "Size": 3, "Last-Modified": "2026-01-01 00:00:00 GMT", "Checksum-Algorithm": "SHA256", "Checksum": "${'a'.repeat(64)}" },
{ "Encoded-Path": "fc2f31", "Size": 0, "Last-Modified": "2026-01-01 00:00:00 GMT", "Checksum-Algorithm": "SHA256", "Checksum": "${'b'.repeat(64)}" }
],
`;
const whole = `${body}"Manifest-Checksum": "${createHash('sha256').update(body).digest('hex')}"}\n`;

describe('readBackupManifest', () => {
  it('keeps a system identifier past 2^53 as it is', () => {
    expect(readBackupManifest(whole).systemIdentifier).toBe('7568934561203847169');
  });

  it('reads files and their checksums', () => {
    expect(readBackupManifest(whole).files.get('PG_VERSION')).toEqual({ size: 3, sha256: 'a'.repeat(64) });
    expect(readBackupManifest(whole).files.size).toBe(2);
  });

  it('notices a change, and that it was cut short', () => {
    expect(() => readBackupManifest(whole.replace('PG_VERSION', 'PG_VERSIOM'))).toThrow('was changed');
    expect(() => readBackupManifest(whole.slice(0, -40))).toThrow('cut short');
  });
});
