/** Who calls, as the token of a request says. */
export interface Claims {
  readonly email?: string | undefined;
  readonly emailIsVerified: boolean;
  readonly audience?: string | undefined;
}

export interface CallerOptions {
  /** The only one that may call. */
  readonly serviceAccount: string;
  /** What its tokens are for. */
  readonly audience: string;
  /**
   * Checks a token's signature and age. Absent where Cloud Run has done so (`--no-allow-unauthenticated`): it takes the signature out
   * of what it passes on, so nobody behind it could.
   */
  readonly verify?: ((token: string, audience: string) => Promise<Claims>) | undefined;
}

/** What Cloud Run leaves in the place of a signature that it has checked. (Guide, "Authenticating service-to-service") */
const CHECKED = 'SIGNATURE_REMOVED_BY_GOOGLE';

/** Why a request may not call this function, in a sentence; undefined when it may. The token is never in it. */
export function callerCheck({ serviceAccount, audience, verify }: CallerOptions) {
  return async (authorization: string | undefined): Promise<string | undefined> => {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
    if (token === undefined) return 'there is no bearer token';
    const claims = await (verify === undefined ? checkedElsewhere(token) : verify(token, audience)).catch(
      (thrown: unknown) => `the token is not valid: ${thrown instanceof Error ? thrown.name : 'unknown'}`,
    );
    if (typeof claims === 'string') return claims;
    if (claims.audience !== audience) return `the token is for ${claims.audience ?? 'nobody'}, this is ${audience}`;
    if (claims.email !== serviceAccount || !claims.emailIsVerified)
      return `the token is of ${claims.email ?? 'nobody'}, only ${serviceAccount} may call`;
    return undefined;
  };
}

async function checkedElsewhere(token: string): Promise<Claims | string> {
  const [, claims = '', signature] = token.split('.');
  if (signature !== CHECKED) return 'the token was not checked by Cloud Run: is the function open to everybody?';
  const read = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
  const text = (member: string) => (typeof read[member] === 'string' ? read[member] : undefined);
  return { email: text('email'), emailIsVerified: read['email_verified'] === true, audience: text('aud') };
}
