import { describe, expect, it } from 'vitest';
import {
  checkConfiguration,
  ConfigurationError,
  readConfiguration,
  serviceOfImage,
  serviceSettings,
} from './configuration.ts';

describe('readConfiguration', () => {
  it('gives every default without a file', () => {
    const { host, dataFolder, services } = readConfiguration(undefined);

    expect({ host, dataFolder, services }).toEqual({
      host: { address: '127.0.0.1', port: 7400, concurrency: 64 },
      dataFolder: '.pointsman',
      services: undefined,
    });
  });

  it('names a file that is not there', () => {
    expect(() => readConfiguration('no/such.yaml')).toThrow(
      new ConfigurationError('there is no configuration file no/such.yaml'),
    );
  });
});

describe('checkConfiguration', () => {
  it('names every field that cannot be used', () => {
    const raw = { host: { port: 'x' }, services: { Shop: {} }, colour: 'red' };

    expect(() => checkConfiguration(raw, 'p.yaml')).toThrow(
      /p\.yaml cannot be used:\n {2}host\.port: .+\n {2}services\.Shop: .+\n {2}.*colour/s,
    );
  });

  it('takes a service without any setting', () => {
    const configuration = checkConfiguration({ services: { shop: null } }, 'p.yaml');

    expect(serviceSettings(configuration, 'shop')?.image).toBe('shop');
  });
});

describe('serviceOfImage', () => {
  it('finds the service by the image it releases', () => {
    const configuration = checkConfiguration({ services: { shop: { image: 'team/shop' } } }, 'p.yaml');

    expect([serviceOfImage(configuration, 'team/shop'), serviceOfImage(configuration, 'shop')]).toEqual([
      'shop',
      undefined,
    ]);
  });

  it('takes every repository for a service when none is listed', () => {
    expect(serviceOfImage(readConfiguration(undefined), 'shop')).toBe('shop');
  });
});
