import { createHash } from 'node:crypto';
import { ApiError } from './api-error.ts';

/** What a request says of its signature, in its `Authorization` header or, when it is presigned, in its query. */
export interface Signature {
  readonly accessKeyId: string;
  /** Date, region, service and `aws4_request`. */
  readonly scope: readonly string[];
  /** Names of headers, in lower case. */
  readonly signedHeaders: readonly string[];
  /** Hexadecimal. */
  readonly signature: string;
  /** When it was signed: `20260101T000000Z`. */
  readonly stamp: string;
  /** How long a presigned request is good; undefined for one that is signed in its header. */
  readonly expiresSeconds: number | undefined;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The longest that a presigned request is good: a week. */
const LONGEST_SECONDS = 604_800;

/**
 * The signature of a request; that of the header when there are two.
 * @throws ApiError `MissingAuthenticationTokenException` without one, `IncompleteSignatureException` for half of one
 */
export function readSignature(request: Request): Signature {
  const header = request.headers.get('authorization');
  if (header !== null) return ofHeader(header, request.headers);
  const query = new URL(request.url).searchParams;
  if (query.has('X-Amz-Signature') || query.has('X-Amz-Algorithm')) return ofQuery(query);
  throw new ApiError('MissingAuthenticationTokenException', 'Missing Authentication Token');
}

function ofHeader(header: string, headers: Headers): Signature {
  const parts = new Map(
    header
      .slice(header.startsWith(`${ALGORITHM} `) ? ALGORITHM.length : header.length)
      .split(',')
      .map((part): [string, string] => {
        const [name = '', ...value] = part.trim().split('=');
        return [name, value.join('=')];
      }),
  );
  const stamp = headers.get('x-amz-date') ?? stampOf(Date.parse(headers.get('date') ?? ''));
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !parts.has(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (stamp === '')
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  const hash = createHash('sha256').update(header).digest('base64');
  if (missing.length > 0)
    throw incomplete(`${missing.join(' ')} (Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`);
  return signatureOf({
    credential: parts.get('Credential') ?? '',
    signedHeaders: parts.get('SignedHeaders') ?? '',
    signature: parts.get('Signature') ?? '',
    stamp,
    expiresSeconds: undefined,
  });
}

function ofQuery(query: URLSearchParams): Signature {
  const missing = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature']
    .filter((name) => !query.has(`X-Amz-${name}`))
    .map((name) => `AWS query-string parameters must include 'X-Amz-${name}'.`);
  if (missing.length > 0) throw incomplete(`${missing.join(' ')} Re-examine the query-string parameters.`);
  const of = (name: string) => query.get(`X-Amz-${name}`) ?? '';
  if (of('Algorithm') !== ALGORITHM) throw incomplete(`X-Amz-Algorithm must be '${ALGORITHM}'.`);
  const expiresSeconds = Number(of('Expires'));
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > LONGEST_SECONDS)
    throw incomplete(`X-Amz-Expires must be a number of seconds from 1 to ${LONGEST_SECONDS}.`);
  return signatureOf({
    credential: of('Credential'),
    signedHeaders: of('SignedHeaders'),
    signature: of('Signature'),
    stamp: of('Date'),
    expiresSeconds,
  });
}

function signatureOf({
  credential,
  signedHeaders,
  ...rest
}: Pick<Signature, 'signature' | 'stamp' | 'expiresSeconds'> & {
  readonly credential: string;
  readonly signedHeaders: string;
}): Signature {
  const [accessKeyId = '', ...scope] = credential.split('/');
  if (scope.length !== 4)
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(';'), ...rest };
}

/** An instant as signatures have it; empty for none. */
export const stampOf = (at: number): string =>
  Number.isNaN(at) ? '' : `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

const incomplete = (problem: string) => new ApiError('IncompleteSignatureException', problem);
