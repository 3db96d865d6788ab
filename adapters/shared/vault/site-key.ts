import { createHmac } from 'node:crypto';

/** The key of a site, which locks the keys of all that its vault holds. Never stored with them. */
export interface SiteKey {
  readonly bytes: Buffer;
  /** Tells keys apart and tells nothing of them: 16 hex digits. */
  readonly id: string;
}

/**
 * Reads a key from the text that a reference led to: 32 random bytes in hex or base64. A password is no key.
 * @throws Error naming the reference and never the text
 */
export function readSiteKey(reference: string, text: string): SiteKey {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, /^[0-9a-f]{64}$/i.test(trimmed) ? 'hex' : 'base64');
  if (bytes.length !== 32 || !/^[\w+/=-]{43,64}$/.test(trimmed))
    throw new Error(
      `${reference} holds no key: 32 random bytes are wanted, in hex or base64, as openssl rand -hex 32 makes them`,
    );
  return { bytes, id: createHmac('sha256', bytes).update('pointsman: which key is this').digest('hex').slice(0, 16) };
}
