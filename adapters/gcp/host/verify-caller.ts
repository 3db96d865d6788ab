export interface CallerOptions {
  /** The only one that may call. */
  readonly serviceAccount: string;
  /** What its tokens are for. */
  readonly audience: string;
}

/**
 * What Cloud Run leaves in the place of a signature that it has checked, when only who is allowed may call a function.
 * (Guide, "Authenticating service-to-service")
 */
const CHECKED = 'SIGNATURE_REMOVED_BY_GOOGLE';

/**
 * Why a request may not call this function, in a sentence; undefined when it may. The token is never in it. Cloud Run has checked
 * its signature and age before, so nothing here proves who calls: a token that somebody made up passes where the function is
 * open to everybody. Looked at is whose it is and what for, and that it has been through Cloud Run's check.
 */
export function callerCheck({ serviceAccount, audience }: CallerOptions) {
  return (authorization: string | null): string | undefined => {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
    if (token === undefined) return 'there is no bearer token';
    const [, claims = '', signature] = token.split('.');
    if (signature !== CHECKED) return 'the token was not checked by Cloud Run: is the function open to everybody?';
    const { aud, email, email_verified: isVerified } = readClaims(claims);
    if (aud !== audience) return `the token is for another audience, this is ${audience}`;
    if (email !== serviceAccount || isVerified !== true)
      return `the token is of another account, only ${serviceAccount} may call`;
    return undefined;
  };
}

function readClaims(encoded: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
