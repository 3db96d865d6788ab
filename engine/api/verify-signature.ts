import { createHmac, timingSafeEqual } from 'node:crypto';
import { ApiError } from './api-error.ts';
import { canonicalRequest, sha256 } from './canonical-request.ts';
import { ALGORITHM, readSignature, type Signature, stampOf } from './read-signature.ts';

/** Who may call: keys by their id, and the scope that a signature must have. */
export interface Authentication {
  /** The secret of an access key; undefined for one that is not known. */
  readonly secretOf: (accessKeyId: string) => Promise<string | undefined>;
  readonly region: string;
  /** The time of day, whatever the engine's own clock shows. */
  readonly now: () => number;
}

/** How far a caller's clock may be off. */
const SKEW_MINUTES = 15;

/**
 * Passes a request that one of the keys signed with Signature Version 4, in its `Authorization` header or presigned.
 * Session tokens belong to keys that are not known here: a request with one is refused.
 * @throws ApiError `MissingAuthenticationTokenException`, `IncompleteSignatureException`, `UnrecognizedClientException`
 * and `InvalidSignatureException`, in AWS's words
 */
export async function verifySignature(
  request: Request,
  body: Uint8Array,
  authentication: Authentication,
): Promise<void> {
  const signature = readSignature(request);
  const { scope, stamp, signedHeaders } = signature;
  const secret = hasSessionToken(request) ? undefined : await authentication.secretOf(signature.accessKeyId);
  if (secret === undefined)
    throw new ApiError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  checkScope(scope, stamp, authentication.region);
  checkHeaders(request, signedHeaders);
  checkTime(signature, authentication.now());
  const key = scope.reduce(hmac, Buffer.from(`AWS4${secret}`));
  const isRight = HOST_PREFIXES.some((prefix) => {
    const canonical = sha256(canonicalRequest(request, body, signedHeaders, prefix));
    const text = [ALGORITHM, stamp, scope.join('/'), canonical].join('\n');
    return isSame(hmac(key, text).toString('hex'), signature.signature);
  });
  if (!isRight)
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
}

/** Clients sign StartSyncExecution and TestState for the host `sync-…`; whoever listens takes the prefix away. */
const HOST_PREFIXES = ['', 'sync-'];

const isSame = (expected: string, given: string): boolean =>
  Buffer.byteLength(given) === expected.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));

const hasSessionToken = ({ headers, url }: Request): boolean =>
  headers.has('x-amz-security-token') || new URL(url).searchParams.has('X-Amz-Security-Token');

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

/** What is not signed could be changed on the way: the operation is a header. */
function checkHeaders({ headers }: Request, signedHeaders: readonly string[]): void {
  if (!signedHeaders.includes('host'))
    throw invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  const unsigned = [...headers.keys()].find((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name));
  if (unsigned !== undefined) throw invalid(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
}

function checkTime({ stamp, expiresSeconds }: Signature, now: number): void {
  const signed = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const goodMinutes = expiresSeconds === undefined ? SKEW_MINUTES : Math.ceil(expiresSeconds / 60);
  const goodMs = expiresSeconds === undefined ? SKEW_MINUTES * 60_000 : expiresSeconds * 1000;
  const [earliest, latest, current] = [now - goodMs, now + SKEW_MINUTES * 60_000, now].map(stampOf);
  if (Number.isNaN(signed) || signed < now - goodMs)
    throw invalid(`Signature expired: ${stamp} is now earlier than ${earliest} (${current} - ${goodMinutes} min.)`);
  if (signed > now + SKEW_MINUTES * 60_000)
    throw invalid(
      `Signature not yet current: ${stamp} is still later than ${latest} (${current} + ${SKEW_MINUTES} min.)`,
    );
}

const hmac = (key: Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

const invalid = (message: string) => new ApiError('InvalidSignatureException', message);
