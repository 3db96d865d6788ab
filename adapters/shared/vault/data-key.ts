import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import type { SiteKey } from './site-key.ts';

/** A data key, locked with a site's key (AES-256-GCM). */
export interface WrappedKey {
  /** Of the site's key. */
  readonly siteKey: string;
  /** Base64. */
  readonly nonce: string;
  readonly sealed: string;
}

export const wrappedKeyShape = z.object({ siteKey: z.string(), nonce: z.string(), sealed: z.string() });

/** A new data key. `owner` names what it is for: unwrapped as anything else's it is refused. */
export function newDataKey(siteKey: SiteKey, owner: string): { readonly key: Buffer; readonly wrapped: WrappedKey } {
  const key = randomBytes(32);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', siteKey.bytes, nonce).setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  return { key, wrapped: { siteKey: siteKey.id, nonce: nonce.toString('base64'), sealed: sealed.toString('base64') } };
}

/** @throws Error saying whether it is the wrong key or a changed one */
export function unwrapDataKey(siteKey: SiteKey, owner: string, wrapped: WrappedKey): Buffer {
  if (wrapped.siteKey !== siteKey.id)
    throw new Error(`it is locked with the key ${wrapped.siteKey}, and the site's key is ${siteKey.id}: the wrong key`);
  const sealed = Buffer.from(wrapped.sealed, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', siteKey.bytes, Buffer.from(wrapped.nonce, 'base64'), {
      authTagLength: 16,
    }).setAAD(Buffer.from(owner));
    decipher.setAuthTag(sealed.subarray(32));
    return Buffer.concat([decipher.update(sealed.subarray(0, 32)), decipher.final()]);
  } catch (cause) {
    throw new Error('its data key was changed and cannot be unlocked', { cause });
  }
}
