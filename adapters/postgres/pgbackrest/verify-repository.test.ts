import { describe, expect, it } from 'vitest';
import { readVerification } from './verify-repository.ts';

/** As 2.45 wrote it, with exit code 0. */
const text = `stanza: shop
status: error
  archiveId: 15-1, total WAL checked: 6, total valid WAL: 5
    missing: 0, checksum invalid: 0, size invalid: 0, other: 1
  backup: 20261127-190947F, status: valid, total files checked: 965, total valid files: 965
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20261127-190947F_20261127-190958I, status: invalid, total files checked: 967, total valid files: 966
    missing: 0, checksum invalid: 1, size invalid: 0, other: 0
`;

describe('what pgBackRest says of a repository', () => {
  it('is read for the backups that are asked for', () => {
    expect(readVerification(text, ['20261127-190947F'])).toEqual([]);
    expect(readVerification(text, ['20261127-190947F', '20261127-190947F_20261127-190958I'])).toEqual([
      '20261127-190947F_20261127-190958I is damaged: backup: 20261127-190947F_20261127-190958I, status: invalid, total files checked: 967, total valid files: 966; missing: 0, checksum invalid: 1, size invalid: 0, other: 0',
    ]);
  });

  it('is a problem when a backup is not in it', () => {
    expect(readVerification(text, ['20261201-190947F'])).toEqual([
      '20261201-190947F: pgBackRest has it no more, or its manifest is missing or unreadable',
    ]);
  });

  it('is a problem when it could read nothing', () => {
    const nothing = 'stanza: shop\nstatus: error\n  No usable backup.info file\n';

    expect(readVerification(nothing, [])).toEqual(['pgBackRest: No usable backup.info file']);
  });

  it('is a problem where files are missing, though the backup counts as valid', () => {
    const missing = text.replaceAll('missing: 0, checksum invalid: 0', 'missing: 1, checksum invalid: 0');

    expect(readVerification(missing, ['20261127-190947F'])).toHaveLength(1);
  });
});
