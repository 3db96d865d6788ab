import { createHmac } from 'node:crypto';

/**
 * `v1,` and the Base64 HMAC-SHA256 of `id.timestamp.body`. (Standard Webhooks specification, "Signature scheme")
 * @param secret `whsec_` and the key in Base64; any other text is the key itself
 * @param timestamp seconds since 1970
 */
export function webhookSignature(secret: string, id: string, timestamp: number, body: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
