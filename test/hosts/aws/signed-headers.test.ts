import { describe, expect, it } from 'vitest';
import { signedHeaders } from '../../../adapters/aws/signed-headers.ts';
import { verifySignature } from '../../../engine/api/verify-signature.ts';

const url = new URL('http://127.0.0.1:7400/');
const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AWSStepFunctions.ListStateMachines' };
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret' };
const signing = { service: 'states', region: 'eu-west-1', credentials, now: Date.UTC(2026, 10, 27) };
const authentication = { secretOf: async () => 'a secret', region: 'eu-west-1', now: () => signing.now };

const verified = (body: string, sent = body) => {
  const signed = signedHeaders(url, headers, body, signing);
  return verifySignature(new Request(url, { method: 'POST', headers: signed }), Buffer.from(sent), authentication);
};

describe('signedHeaders', () => {
  it('signs as the engine verifies, which holds against the SDK', async () => {
    await expect(verified('{"maxResults":3,"é":"ü"}')).resolves.toBeUndefined();
    await expect(verified('{}', '{"another":"body"}')).rejects.toMatchObject({
      message: expect.stringMatching(/does not match/),
    });
  });

  it('signs the token of temporary credentials', () => {
    const temporary = { ...signing, credentials: { ...credentials, sessionToken: 'token' } };

    expect(signedHeaders(url, headers, '', temporary)).toMatchObject({
      'x-amz-security-token': 'token',
      authorization: expect.stringContaining(
        'SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,',
      ),
    });
  });
});
