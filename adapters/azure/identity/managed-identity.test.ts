import { describe, expect, it } from 'vitest';
import { managedIdentity } from './managed-identity.ts';

const environment = { IDENTITY_ENDPOINT: 'http://127.0.0.1:41/msi/token', IDENTITY_HEADER: 'header' };

/** An endpoint that gives tokens of an hour, counted. */
function identity(more: object = {}) {
  const asked: string[] = [];
  let now = 1_700_000_000_000;
  const answer = async (url: unknown, init?: RequestInit): Promise<Response> => {
    asked.push(`${String(url)} ${new Headers(init?.headers).get('x-identity-header')}`);
    return Response.json({ access_token: `token ${asked.length}`, expires_on: String(now / 1000 + 3600) });
  };
  const credential = managedIdentity({ environment, fetch: answer, now: () => now, ...more });
  return { asked, credential, pass: (milliseconds: number) => void (now += milliseconds) };
}

describe('managedIdentity', () => {
  it('asks the endpoint of the platform for a token of the resource', async () => {
    const { asked, credential } = identity({ clientId: 'client' });

    expect(await credential.getToken('https://storage.azure.com/.default')).toEqual({
      token: 'token 1',
      expiresOnTimestamp: 1_700_003_600_000,
    });
    expect(asked).toEqual([
      'http://127.0.0.1:41/msi/token?resource=https%3A%2F%2Fstorage.azure.com&api-version=2019-08-01&client_id=client header',
    ]);
  });

  it('keeps a token until five minutes before it ends', async () => {
    const { asked, credential, pass } = identity();
    await credential.getToken('a');
    pass(54 * 60_000);
    await credential.getToken('a');
    expect(asked).toHaveLength(1);

    pass(2 * 60_000);
    expect(await credential.getToken(['a'])).toMatchObject({ token: 'token 2' });
  });

  it('says what is missing', async () => {
    await expect(identity({ environment: {} }).credential.getToken('a')).rejects.toThrow('IDENTITY_ENDPOINT');
    const refused = async () => Response.json({ error: 'no' }, { status: 400 });
    await expect(identity({ fetch: refused }).credential.getToken('a')).rejects.toThrow(/400; is it assigned/);
  });
});
