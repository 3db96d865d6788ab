import { createHmac } from 'node:crypto';
import * as z from 'zod/mini';
import { unwrapDataKey, type WrappedKey, wrappedKeyShape } from './data-key.ts';
import type { Part } from './sealed-part.ts';
import type { SiteKey } from './site-key.ts';
import { reasonOf, unusable } from './unusable.ts';

/** What vouches for a backup, as it is written: `stored` and `parts` under the data key. */
export function manifestText(key: Buffer, wrapped: WrappedKey, stored: unknown, parts: readonly Part[]): string {
  const body = { format: 1, key: wrapped, stored, parts };
  return `${JSON.stringify({ ...body, mac: macOf(key, body) }, null, 1)}\n`;
}

/** @throws StepFailure `Pointsman.BackupUnusable` when it was changed, or is locked with another key */
export function readManifest(id: string, text: string, siteKey: SiteKey) {
  try {
    const { mac, ...body } = manifestShape.parse(JSON.parse(text));
    const key = unwrapDataKey(siteKey, id, body.key);
    if (macOf(key, body) !== mac) throw new Error('it was changed');
    return { manifest: body, key };
  } catch (thrown) {
    throw unusable(`the manifest of ${id} cannot be used: ${reasonOf(thrown)}`, thrown);
  }
}

const manifestShape = z.object({
  format: z.literal(1),
  key: wrappedKeyShape,
  /** `StoredBackup`, vouched for by `mac`. */
  stored: z.unknown(),
  parts: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
  /** HMAC-SHA256 over the rest under the data key, hex. */
  mac: z.string(),
});

const macOf = (key: Buffer, body: unknown): string =>
  createHmac('sha256', key)
    .update(`pointsman manifest ${JSON.stringify(body)}`)
    .digest('hex');
