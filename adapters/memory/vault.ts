import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { StepFailure } from '../../functions/step-failure.ts';

/** Sealed files of one site, under that site's own key. Damage done to `files` is found when they are read. */
export interface MemoryVault {
  /** Sealed bytes by name. */
  readonly files: Map<string, Buffer>;
  write(name: string, value: object): void;
  /** @throws StepFailure `Pointsman.BackupUnusable` for a file that is missing, changed, or sealed with another key */
  read(name: string): unknown;
  names(prefix: string): readonly string[];
  /** From now on another key; what was sealed before cannot be read. */
  loseKey(): void;
}

const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function memoryVault(site: string): MemoryVault {
  const files = new Map<string, Buffer>();
  let key = randomBytes(32);
  const unusable = (name: string, problem: string) =>
    new StepFailure('Pointsman.BackupUnusable', `${site}: ${name} ${problem}`);

  return {
    files,
    write(name, value) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
      files.set(name, Buffer.concat([idOf(key), nonce, cipher.getAuthTag(), sealed]));
    },
    read(name) {
      const file = files.get(name);
      if (file === undefined) throw unusable(name, 'is missing');
      if (!file.subarray(0, KEY_ID_BYTES).equals(idOf(key)))
        throw unusable(name, `cannot be decrypted with the key of ${site}`);
      const tagAt = KEY_ID_BYTES + NONCE_BYTES;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, file.subarray(KEY_ID_BYTES, tagAt));
        decipher.setAuthTag(file.subarray(tagAt, tagAt + TAG_BYTES));
        const text = Buffer.concat([decipher.update(file.subarray(tagAt + TAG_BYTES)), decipher.final()]);
        return JSON.parse(text.toString());
      } catch {
        throw unusable(name, 'was changed or cut short: its checksum does not match');
      }
    },
    names: (prefix) => [...files.keys()].filter((name) => name.startsWith(prefix)).sort(),
    loseKey: () => void (key = randomBytes(32)),
  };
}

const idOf = (key: Buffer): Buffer => createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES);
