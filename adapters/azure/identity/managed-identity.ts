/** A token as Azure's SDKs want it. */
interface AccessToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOnTimestamp: number;
}

interface ManagedIdentityOptions {
  /** Client id of a user-assigned identity; the app's own when absent. */
  readonly clientId?: string | undefined;
  /** `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`, which the platform sets. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
}

/** Asked for again so long before it ends. */
const EARLY_MS = 5 * 60_000;

/**
 * Tokens of the app's managed identity, from the endpoint that the platform gives to App Service and Functions. Thirty
 * lines in place of `@azure/identity`, whose twenty ways to a token would be two thirds of what a cold start loads.
 * ("How to use managed identities for App Service and Azure Functions", REST endpoint reference, api-version 2019-08-01)
 */
export function managedIdentity({ clientId, environment, fetch: ask = fetch, now = Date.now }: ManagedIdentityOptions) {
  const known = new Map<string, AccessToken>();
  return {
    async getToken(scopes: string | string[]): Promise<AccessToken> {
      const resource = String(Array.isArray(scopes) ? scopes[0] : scopes).replace(/\/\.default$/, '');
      const before = known.get(resource);
      if (before !== undefined && before.expiresOnTimestamp - EARLY_MS > now()) return before;
      const token = await request(resource);
      known.set(resource, token);
      return token;
    },
  };

  async function request(resource: string): Promise<AccessToken> {
    const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header } = environment;
    if (endpoint === undefined || header === undefined)
      throw new Error('there is no managed identity here: IDENTITY_ENDPOINT and IDENTITY_HEADER are not set');
    const url = new URL(endpoint);
    url.search = new URLSearchParams({
      resource,
      'api-version': '2019-08-01',
      ...(clientId === undefined ? {} : { client_id: clientId }),
    }).toString();
    const response = await ask(url, { headers: { 'x-identity-header': header } });
    const answer: unknown = await response.json().catch(() => undefined);
    const read = readToken(answer);
    if (!response.ok || read === undefined)
      throw new Error(
        `the managed identity gave no token for ${resource}: ${response.status}; is it assigned to this app?`,
      );
    return read;
  }
}

/** `expires_on` is a text: seconds since 1970. */
function readToken(answer: unknown): AccessToken | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  if (!('access_token' in answer && 'expires_on' in answer)) return undefined;
  const expiresOnTimestamp = Number(answer.expires_on) * 1000;
  if (typeof answer.access_token !== 'string' || !Number.isFinite(expiresOnTimestamp)) return undefined;
  return { token: answer.access_token, expiresOnTimestamp };
}
