import { createHash } from 'node:crypto';

/** The algorithms of `States.Hash` and `$hash`, as they spell them. */
const algorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** Hexadecimal digits of the hash of a text as UTF-8; undefined when there is no such algorithm. */
export function hashText(text: string, algorithm: string): string | undefined {
  const known = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined;
  return known === undefined ? undefined : createHash(known).update(text, 'utf8').digest('hex');
}
