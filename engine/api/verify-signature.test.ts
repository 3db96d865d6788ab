import { ListStateMachinesCommand, SFNClient, type SFNClientConfig, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from 'vitest';
import { apiUnderTest } from '../../test/support/api-under-test.ts';

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret' };

/** What the SDK hands to a transport. */
interface Signed {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

describe('verifySignature', () => {
  const clients: SFNClient[] = [];
  afterEach(() => clients.splice(0).forEach((client) => client.destroy()));

  const authentication = {
    secretOf: async (id: string) => (id === KEY.accessKeyId ? KEY.secretAccessKey : undefined),
    region: 'us-east-1',
    now: Date.now,
  };

  /** The SDK as a client of an API without a network; `change` comes between the two. */
  function clientOf(
    more: SFNClientConfig = {},
    change: (request: Request) => Request | Promise<Request> = (same) => same,
  ) {
    const { fetch } = apiUnderTest({ authentication });
    const client = new SFNClient({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: KEY,
      maxAttempts: 1,
      ...more,
      requestHandler: {
        async handle({ method, protocol, hostname, port, path, headers, body }: Signed) {
          const url = `${protocol}//${hostname}:${port}${path}`;
          const response = await fetch(await change(new Request(url, { method, headers, body })));
          const answered = Object.fromEntries(response.headers);
          return { response: { statusCode: response.status, headers: answered, body: response.body } };
        },
      },
    });
    clients.push(client);
    return client;
  }
  const list = (client: SFNClient) => client.send(new ListStateMachinesCommand({}));
  const withHeaders = (request: Request, change: (headers: Headers) => void): Request => {
    const headers = new Headers(request.headers);
    change(headers);
    return new Request(request, { headers });
  };

  it('passes what the SDK signed with a known key', async () => {
    expect((await list(clientOf())).stateMachines).toEqual([]);
  });

  it.each([
    [{ accessKeyId: 'OTHER', secretAccessKey: 'a secret' }, 'UnrecognizedClientException', /security token/],
    [{ ...KEY, secretAccessKey: 'another' }, 'InvalidSignatureException', /^The request signature we calculated does/],
  ])('refuses the key %j', async (credentials, name, message) => {
    await expect(list(clientOf({ credentials }))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
  });

  it('refuses a request without a signature, and one with half of it', async () => {
    const without = clientOf({}, (request) => withHeaders(request, (headers) => headers.delete('authorization')));
    await expect(list(without)).rejects.toMatchObject({
      name: 'MissingAuthenticationTokenException',
      message: 'Missing Authentication Token',
    });
    for (const half of ['AWS4-HMAC-SHA256 Credential=a/b', 'Basic abc', '']) {
      const broken = clientOf({}, (request) => withHeaders(request, (headers) => headers.set('authorization', half)));
      await expect(list(broken)).rejects.toMatchObject({ name: 'IncompleteSignatureException' });
    }
  });

  it('refuses a body or a header that was changed on the way', async () => {
    const body = clientOf({}, (request) => new Request(request, { method: 'POST', body: '{"maxResults":1}' }));
    await expect(list(body)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    const target = clientOf({}, (request) =>
      withHeaders(request, (headers) => headers.set('x-amz-target', 'AWSStepFunctions.ListActivities')),
    );
    await expect(list(target)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  it.each([
    [
      -15 * 60_000 - 2_000,
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/,
    ],
    [15 * 60_000 + 2_000, /^Signature not yet current: \d{8}T\d{6}Z is still later than .* \+ 15 min\.\)$/],
  ])('refuses a clock that is %d ms off', async (systemClockOffset, message) => {
    await expect(list(clientOf({ systemClockOffset }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringMatching(message),
    });
    await expect(
      list(clientOf({ systemClockOffset: systemClockOffset - Math.sign(systemClockOffset) * 5_000 })),
    ).resolves.toBeDefined();
  });

  it('refuses another region', async () => {
    await expect(list(clientOf({ region: 'eu-west-1' }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: "Credential should be scoped to a valid region, not 'eu-west-1'. ",
    });
  });

  it('comes before anything is read of the request', async () => {
    const command = new StartExecutionCommand({ stateMachineArn: 'no arn', input: 'no json' });
    const client = clientOf({ credentials: { ...KEY, secretAccessKey: 'another' } });
    await expect(client.send(command)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });
});
