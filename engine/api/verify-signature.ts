import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ApiError } from './api-error.ts';

/** Who may call: keys by their id, and the scope that a signature must have. */
export interface Authentication {
  /** The secret of an access key; undefined for one that is not known. */
  readonly secretOf: (accessKeyId: string) => Promise<string | undefined>;
  readonly region: string;
  /** The time of day, whatever the engine's own clock shows. */
  readonly now: () => number;
}

/** How far a caller's clock may be off. */
const SKEW_MS = 15 * 60_000;

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Passes a request that one of the keys signed with Signature Version 4 in its `Authorization` header.
 * @throws ApiError `MissingAuthenticationTokenException`, `IncompleteSignatureException`, `UnrecognizedClientException`
 * and `InvalidSignatureException`, in AWS's words
 */
export async function verifySignature(
  request: Request,
  body: Uint8Array,
  authentication: Authentication,
): Promise<void> {
  const { accessKeyId, scope, signedHeaders, signature } = readAuthorization(request);
  const secret = await authentication.secretOf(accessKeyId);
  if (secret === undefined)
    throw new ApiError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  const stamp = request.headers.get('x-amz-date') ?? '';
  checkScope(scope, stamp, authentication.region);
  checkTime(stamp, authentication.now());
  const canonical = sha256(canonicalRequest(request, body, signedHeaders));
  const key = scope.reduce(hmac, Buffer.from(`AWS4${secret}`));
  const expected = hmac(key, [ALGORITHM, stamp, scope.join('/'), canonical].join('\n')).toString('hex');
  const same = expected.length === signature.length && timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
  if (!same)
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
}

function readAuthorization({ headers }: Request) {
  const header = headers.get('authorization');
  if (header === null) throw new ApiError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const parts = new Map(
    header
      .slice(ALGORITHM.length)
      .split(',')
      .map((part): [string, string] => {
        const [name = '', ...value] = part.trim().split('=');
        return [name, value.join('=')];
      }),
  );
  const [credential, names, signature] = [parts.get('Credential'), parts.get('SignedHeaders'), parts.get('Signature')];
  const [accessKeyId, ...scope] = credential?.split('/') ?? [];
  const complete = header.startsWith(`${ALGORITHM} `) && scope.length === 4 && headers.has('x-amz-date');
  if (!complete || accessKeyId === undefined || names === undefined || signature === undefined)
    throw new ApiError(
      'IncompleteSignatureException',
      `Authorization header requires '${ALGORITHM}', a 'Credential' of five parts, 'SignedHeaders' and 'Signature', and the request an 'X-Amz-Date'`,
    );
  return { accessKeyId, scope, signedHeaders: names.split(';'), signature };
}

function checkScope([date, region, service, end]: readonly string[], stamp: string, ownRegion: string): void {
  if (region !== ownRegion) throw invalid(`Credential should be scoped to a valid region, not '${region}'. `);
  if (service !== 'states') throw invalid("Credential should be scoped to correct service: 'states'. ");
  if (end !== 'aws4_request')
    throw invalid(`Credential should be scoped with a valid terminator: 'aws4_request', not '${end}'. `);
  if (date !== stamp.slice(0, 8))
    throw invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${stamp.slice(0, 8)}', from '${stamp}'.`,
    );
}

function checkTime(stamp: string, now: number): void {
  const signed = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const [earliest, latest, current] = [now - SKEW_MS, now + SKEW_MS, now].map(stampOf);
  if (Number.isNaN(signed) || signed < now - SKEW_MS)
    throw invalid(`Signature expired: ${stamp} is now earlier than ${earliest} (${current} - 15 min.)`);
  if (signed > now + SKEW_MS)
    throw invalid(`Signature not yet current: ${stamp} is still later than ${latest} (${current} + 15 min.)`);
}

const stampOf = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

function canonicalRequest(
  { method, url, headers }: Request,
  body: Uint8Array,
  signedHeaders: readonly string[],
): string {
  const { host, pathname, searchParams } = new URL(url);
  const query = [...searchParams].map((pair) => pair.map(encoded).join('=')).sort();
  const value = (name: string) => headers.get(name) ?? (name === 'host' ? host : '');
  const lines = signedHeaders.map((name) => `${name}:${value(name).trim().replaceAll(/ +/g, ' ')}\n`);
  return [method, pathname, query.join('&'), lines.join(''), signedHeaders.join(';'), sha256(body)].join('\n');
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

const hmac = (key: Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

const invalid = (message: string) => new ApiError('InvalidSignatureException', message);
