import { hashText } from './hash-text.ts';

/** A UUID made of a text: the same text gives the same one, for names that must not change when work is repeated. (RFC 9562, version 3) */
export function nameUuid(text: string): string {
  const hex = hashText(text, 'MD5') ?? '';
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-3${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
