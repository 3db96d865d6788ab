/** Which attempt a task token stands for. */
export interface TokenPlace {
  readonly arn: string;
  readonly frame: string;
  readonly key: string;
}

/**
 * A task token: opaque to whoever carries it, and enough to find its attempt without an index. `nonce` makes it
 * unguessable; it counts only while the attempt it names is open and holds the very same text.
 */
export const makeToken = ({ arn, frame, key }: TokenPlace, nonce: string): string =>
  Buffer.from(JSON.stringify([arn, frame, key, nonce])).toString('base64url');

/** undefined for a text that was never a token. */
export function readToken(token: string): TokenPlace | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 4 || !parts.every((part) => typeof part === 'string')) return undefined;
  const [arn, frame, key] = parts as [string, string, string, string];
  return { arn, frame, key };
}
