import { createHash } from 'node:crypto';

/** What a signature is made over, for a host with this in front of its name. (IAM guide, "Create a canonical request") */
export function canonicalRequest(
  { method, url, headers }: Request,
  body: Uint8Array,
  signedHeaders: readonly string[],
  hostPrefix = '',
): string {
  const { host, pathname, searchParams } = new URL(url);
  const query = [...searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map((pair) => pair.map(encoded))
    .sort(([a = '', x = ''], [b = '', y = '']) => order(a, b) || order(x, y))
    .map((pair) => pair.join('='));
  const value = (name: string) =>
    name === 'host' ? hostPrefix + (headers.get(name) ?? host) : (headers.get(name) ?? '');
  const lines = signedHeaders.map((name) => `${name}:${value(name).trim().replaceAll(/ +/g, ' ')}\n`);
  return [method, pathname, query.join('&'), lines.join(''), signedHeaders.join(';'), sha256(body)].join('\n');
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
