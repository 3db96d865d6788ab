import {
  ListStateMachinesCommand,
  SFNClient,
  type SFNClientConfig,
  StartExecutionCommand,
  StartSyncExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from 'vitest';
import { apiUnderTest, machineArn } from '../../test/support/api-under-test.ts';

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

/** The part of the SDK's signer that its type does not show. */
interface Presigner {
  presign(request: object, options: object): Promise<{ readonly query?: Readonly<Record<string, string>> }>;
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
          const url = `${protocol}//${hostname.replace(/^sync-/, '')}:${port}${path}`;
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
  });

  it.each([
    ['Basic abc', "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature'"],
    [
      'AWS4-HMAC-SHA256 Credential=a/b, Signature=c',
      "Authorization header requires 'SignedHeaders' parameter. (Hashed",
    ],
    [
      'AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c',
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b'",
    ],
  ])('refuses the half signature %j, and does not repeat it', async (half, message) => {
    const broken = clientOf({}, (request) => withHeaders(request, (headers) => headers.set('authorization', half)));
    await expect(list(broken)).rejects.toMatchObject({
      name: 'IncompleteSignatureException',
      message: expect.stringContaining(message),
    });
  });

  it('passes what was signed for the host with the prefix of the synchronous operations', async () => {
    const command = new StartSyncExecutionCommand({ stateMachineArn: machineArn('none') });
    await expect(clientOf().send(command)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  });

  it('refuses a session token, which belongs to none of its keys', async () => {
    const client = clientOf({ credentials: { ...KEY, sessionToken: 'a token' } });
    await expect(list(client)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    });
  });

  it('takes the time of a Date header where there is no other', async () => {
    const withoutStamp = clientOf({}, (request) => withHeaders(request, (headers) => headers.delete('x-amz-date')));
    await expect(list(withoutStamp)).rejects.toMatchObject({
      message: expect.stringContaining("existence of either a 'X-Amz-Date' or a 'Date' header."),
    });
    const withDate = clientOf({}, (request) =>
      withHeaders(request, (headers) => {
        headers.delete('x-amz-date');
        headers.set('date', 'Thu, 01 Jan 2015 00:00:00 GMT');
      }),
    );
    await expect(list(withDate)).rejects.toMatchObject({
      message: expect.stringContaining("from '20150101T000000Z'."),
    });
  });

  it('refuses a request whose operation or host is not signed', async () => {
    const unsigned = (name: string) =>
      clientOf({}, (request) =>
        withHeaders(request, (headers) => {
          const signed = headers.get('authorization') ?? '';
          headers.set('authorization', signed.replace(new RegExp(`${name};|;${name}(?=,)`), ''));
        }),
      );
    await expect(list(unsigned('x-amz-target'))).rejects.toMatchObject({
      message: "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
    });
    await expect(list(unsigned('host'))).rejects.toMatchObject({
      message: "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    });
  });

  describe('of a presigned request', () => {
    const headers = { host: '127.0.0.1', 'x-amz-target': 'AWSStepFunctions.ListStateMachines' };

    /** What the API answers to a request that the SDK's signer presigned, `change`d after that. */
    async function answerTo(options: object, change: (url: URL) => void = () => {}, credentials: object = KEY) {
      const client = clientOf({ credentials: { ...KEY, ...credentials } });
      const signer = (await client.config.signer()) as unknown as Presigner;
      const request = { method: 'POST', protocol: 'http:', hostname: '127.0.0.1', path: '/', headers, body: '{}' };
      const { query = {} } = await signer.presign(
        { ...request, query: { b: '1', 'a-b': '2', a: 'x y' } },
        { unhoistableHeaders: new Set(['x-amz-target']), ...options },
      );
      const url = new URL('http://127.0.0.1/');
      for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
      change(url);
      const { fetch } = apiUnderTest({ authentication });
      const answer = await fetch(new Request(url, { method: 'POST', headers, body: '{}' }));
      return (await answer.json()) as { readonly __type?: string; readonly message?: string };
    }

    it('passes while it is good', async () => {
      expect(await answerTo({ expiresIn: 300 })).toEqual({ stateMachines: [] });
      const signingDate = new Date(Date.now() - 3_500_000);
      expect(await answerTo({ expiresIn: 3600, signingDate })).toEqual({ stateMachines: [] });
    });

    it('is refused after that', async () => {
      const signingDate = new Date(Date.now() - 3_700_000);
      expect(await answerTo({ expiresIn: 3600, signingDate })).toEqual({
        __type: 'InvalidSignatureException',
        message: expect.stringMatching(/^Signature expired: \d{8}T\d{6}Z is now earlier than .* - 60 min\.\)$/),
      });
    });

    it.each([
      ['more', (url: URL) => url.searchParams.set('a', 'y'), /^The request signature we calculated/],
      ['longer', (url: URL) => url.searchParams.set('X-Amz-Expires', '9999'), /^The request signature we calculated/],
      ['for ever', (url: URL) => url.searchParams.set('X-Amz-Expires', '604801'), /^X-Amz-Expires must be a number/],
      [
        'half',
        (url: URL) => url.searchParams.delete('X-Amz-Credential'),
        /^AWS query-string parameters must include 'X-Amz-Credential'\. Re-examine the query-string parameters\.$/,
      ],
    ])('is refused when it was changed to say %s', async (_, change, message) => {
      expect(await answerTo({ expiresIn: 300 }, change)).toMatchObject({ message: expect.stringMatching(message) });
    });

    it('is refused with a session token', async () => {
      expect(await answerTo({ expiresIn: 300 }, undefined, { sessionToken: 'a token' })).toMatchObject({
        __type: 'UnrecognizedClientException',
      });
    });
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
