import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readHostConfiguration } from './host-configuration.ts';
import { stackResources } from './stack-resources.ts';

const place = { stage: 'dev', prefix: 'pointsman-dev' };
const example = (): Record<string, object> =>
  parse(readFileSync(new URL('../../../../examples/aws/pointsman.yaml', import.meta.url), 'utf8'));

describe('readHostConfiguration', () => {
  it('fills in what is not said', () => {
    const { services, notifications, groups } = readHostConfiguration({ services: { shop: null } }, 'my.yaml');

    expect(services).toEqual({ shop: { image: 'shop', instances: 2, readySeconds: 120, canary: {} } });
    expect(notifications).toEqual([{ type: 'log' }]);
    expect(groups).toEqual({});
  });

  it('names every problem by its place', () => {
    const wrong = {
      services: { Shop: null },
      notifications: [{ type: 'webhook', url: 'https://a.example', secret: 'env:A' }],
      more: 1,
    };

    expect(() => readHostConfiguration(wrong, 'my.yaml')).toThrow(
      expect.objectContaining({
        name: 'Pointsman.NotConfigured',
        message: expect.stringMatching(
          /^my\.yaml cannot be used: (?=.*services\.Shop: )(?=.*notifications\.0\.secret: a secret is given as ssm:NAME)(?=.*it: Unrecognized key: "more")/,
        ),
      }),
    );
  });

  it('takes no name for an address that would have to be escaped', () => {
    const { groups, ...rest } = example();
    const group = (groups as unknown as { 'shop-data': { address: object } })['shop-data'];
    const address = { ...group.address, name: 'db</Name>' };

    expect(() => readHostConfiguration({ ...rest, groups: { 'shop-data': { ...group, address } } }, 'my.yaml')).toThrow(
      'groups.shop-data.address.name: a host is letters, digits, dots and hyphens',
    );
  });
});

describe('stackResources', () => {
  it('holds no secret, only where it is', () => {
    const resources = stackResources(
      place,
      readHostConfiguration(example(), 'my.yaml'),
      new Map([['backup', {} as never]]),
    );
    const types = new Set(Object.values(resources).map((each) => (each as { readonly Type: string }).Type));

    expect(JSON.stringify(resources)).toContain('ssm:shop-data');
    expect(types).toContain('AWS::SSM::Parameter');
    expect(types).not.toContain('AWS::SecretsManager::Secret');
  });

  it('refuses a schedule of a workflow that there is not', () => {
    expect(() => stackResources(place, readHostConfiguration(example(), 'my.yaml'), new Map())).toThrow(
      'schedules.nightly: there is no workflow backup',
    );
  });

  it('refuses what no parameter has room for', () => {
    const services = Array.from({ length: 600 }, (_, i) => `service-number-${i}`);
    const groups = { shop: { ...(example()['groups'] as unknown as Record<string, object>)['shop-data'], services } };

    expect(() => stackResources(place, readHostConfiguration({ groups }, 'my.yaml'), new Map())).toThrow(
      /^groups\/shop takes \d+ characters as JSON; a parameter has room for 8192$/,
    );
  });
});
