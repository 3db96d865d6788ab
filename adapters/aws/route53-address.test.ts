import { describe, expect, it } from 'vitest';
import { startMotoServer } from '../../test/support/moto-server.ts';
import { onPath } from '../../test/support/on-path.ts';
import { route53Address } from './route53-address.ts';

const access = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const settings = { zone: 'Z1', name: 'db.shop.example.com', ttlSeconds: 10 };

describe('route53Address', () => {
  it('asks for the whole record, signed for the region that Route 53 stands in', async () => {
    const asked: { readonly url: string; readonly init: RequestInit | undefined }[] = [];
    const call: typeof fetch = async (url, init) => {
      asked.push({ url: (url as URL).href, init });
      return new Response('<ChangeResourceRecordSetsResponse/>');
    };
    await route53Address(access, call)(settings, 'shop-north.example.com');

    expect(asked).toMatchObject([
      {
        url: 'https://route53.amazonaws.com/2013-04-01/hostedzone/Z1/rrset/',
        init: {
          body: expect.stringContaining(
            '<Action>UPSERT</Action><ResourceRecordSet><Name>db.shop.example.com</Name><Type>CNAME</Type><TTL>10</TTL>' +
              '<ResourceRecords><ResourceRecord><Value>shop-north.example.com</Value>',
          ),
          headers: { authorization: expect.stringContaining('/us-east-1/route53/aws4_request') },
        },
      },
    ]);
  });

  it('says what it was refused for', async () => {
    const answer =
      '<ErrorResponse><Error><Code>NoSuchHostedZone</Code><Message>No zone Z1</Message></Error></ErrorResponse>';
    const call: typeof fetch = async () => new Response(answer, { status: 404 });

    await expect(route53Address(access, call)(settings, 'north')).rejects.toMatchObject({
      name: 'NoSuchHostedZone',
      message: 'route53 db.shop.example.com: No zone Z1',
    });
  });

  const program = onPath('moto_server');
  it.skipIf(program === undefined)(
    `points a name in Route 53 as moto imitates it${program === undefined ? ', and there is no moto_server on PATH' : ''}`,
    async () => {
      const moto = await startMotoServer(program ?? '');
      try {
        const made = await fetch(`${moto.url}/2013-04-01/hostedzone`, {
          method: 'POST',
          headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20261127/us-east-1/route53/aws4_request' },
          body: '<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>shop.example.com</Name><CallerReference>one</CallerReference></CreateHostedZoneRequest>',
        });
        const zone = /<Id>\/hostedzone\/(\w+)<\/Id>/.exec(await made.text())?.[1] ?? '';
        const point = route53Address({ ...access, AWS_ENDPOINT_URL: moto.url });
        for (const host of ['north.example.com', 'south.example.com']) await point({ ...settings, zone }, host);

        const listed = await fetch(
          `${moto.url}/2013-04-01/hostedzone/${zone}/rrset?type=CNAME&name=db.shop.example.com`,
          {
            headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20261127/us-east-1/route53/aws4_request' },
          },
        );
        expect(await listed.text()).toMatch(/<Value>south\.example\.com<\/Value>/);
      } finally {
        await moto.stop();
      }
    },
  );
});
