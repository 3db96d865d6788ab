import { accessOf } from './aws-json.ts';
import { AwsRefusal } from './aws-refusal.ts';
import { signedHeaders } from './signed-headers.ts';
import { untilAnswered } from './until-answered.ts';

export interface AddressSettings {
  /** Id of the hosted zone. */
  readonly zone: string;
  /** What clients connect to: `db.shop.example.com`. */
  readonly name: string;
  readonly ttlSeconds: number;
}

/** Points a name to a host. Safe to repeat. @throws AwsRefusal, or Error when there was no answer */
export type PointAddress = (settings: AddressSettings, host: string) => Promise<void>;

const ANSWER_WITHIN_MS = 2_500;

/**
 * A CNAME in Route 53. It resolves when the change is accepted; name servers have it within a minute, clients after the time to
 * live as well. Its one control plane stands in us-east-1. (Route 53 API, "ChangeResourceRecordSets")
 */
export function route53Address(environment = process.env, call = fetch): PointAddress {
  return async ({ zone, name, ttlSeconds }, host) => {
    const { credentials } = accessOf(environment);
    const base =
      environment['AWS_ENDPOINT_URL_ROUTE_53'] ?? environment['AWS_ENDPOINT_URL'] ?? 'https://route53.amazonaws.com';
    const url = new URL(`/2013-04-01/hostedzone/${zone}/rrset/`, base);
    const body = changeOf(name, ttlSeconds, host);
    await untilAnswered(`route53 ${name}`, async () => {
      const signing = { service: 'route53', region: 'us-east-1', credentials, now: Date.now() };
      const headers = signedHeaders(url, { 'content-type': 'text/xml' }, body, signing);
      const response = await call(url, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      const text = await response.text();
      if (response.ok) return undefined;
      const [code, message] = ['Code', 'Message'].map((tag) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(text)?.[1]);
      return new AwsRefusal(code ?? `Status${response.status}`, message ?? 'no reason given', response.status, {});
    });
  };
}

/** Names and hosts are checked where they are configured: letters, digits, dots and hyphens, so nothing here needs escaping. */
const changeOf = (name: string, ttlSeconds: number, host: string): string =>
  '<?xml version="1.0" encoding="UTF-8"?>' +
  '<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes><Change>' +
  `<Action>UPSERT</Action><ResourceRecordSet><Name>${name}</Name><Type>CNAME</Type><TTL>${ttlSeconds}</TTL>` +
  `<ResourceRecords><ResourceRecord><Value>${host}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>` +
  '</Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>';
