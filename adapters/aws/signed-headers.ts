export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface Signing {
  readonly service: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Milliseconds since 1970; AWS accepts five minutes of difference. */
  readonly now: number;
}

/**
 * The headers of a POST to a service, to a path that needs no escaping, with AWS's signature of version 4 among them. `headers` are in lower case, in
 * alphabetical order, and signed, all of them, with `host`, the date and the session's token.
 * (IAM user guide, "Create a signed AWS API request")
 */
export function signedHeaders(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { service, region, credentials, now }: Signing,
): Record<string, string> {
  const moment = new Date(now).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  const day = moment.slice(0, 8);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const signed: Record<string, string> = {
    ...headers,
    host: url.host,
    'x-amz-date': moment,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(signed).toSorted();
  const canonical = [
    'POST',
    url.pathname,
    '',
    ...names.map((name) => `${name}:${signed[name]}`),
    '',
    names.join(';'),
    hash(body),
  ];
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', moment, scope, hash(canonical.join('\n'))].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (derived, part) => hmac(derived, part),
    `AWS4${secretAccessKey}`,
  );
  const signature = hmac(key, text).toString('hex');
  return {
    ...signed,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** Loaded with the first signature: it takes 5 ms, which functions that call nothing do not have to spend. */
const crypto = () => process.getBuiltinModule('node:crypto');

const hash = (text: string): string => crypto().createHash('sha256').update(text).digest('hex');

const hmac = (key: string | Buffer, text: string): Buffer => crypto().createHmac('sha256', key).update(text).digest();
