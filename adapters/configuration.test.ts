import { readFileSync } from 'node:fs';
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

  it('takes keys with a reference to their secret, and no secret itself', () => {
    const keys = (secret: string) => ({ authentication: { keys: [{ accessKeyId: 'AKID', secret }] } });

    expect(checkConfiguration(keys('env:SECRET'), 'p.yaml').authentication?.keys).toHaveLength(1);
    expect(() => checkConfiguration(keys('hunter2'), 'p.yaml')).toThrow(/authentication\.keys\.0\.secret/);
  });

  it('takes objects in a folder or in S3, and no credentials', () => {
    const objects = (settings: object) => checkConfiguration({ objects: settings }, 'p.yaml').objects;

    expect(checkConfiguration({}, 'p.yaml').objects).toEqual({ type: 'folder' });
    expect(objects({ type: 'folder', folder: '/srv/objects' })).toEqual({ type: 'folder', folder: '/srv/objects' });
    expect(objects({ type: 's3', endpoint: 'http://127.0.0.1:9000' })).toMatchObject({ type: 's3', buckets: {} });
    expect(() => objects({ type: 's3', secretAccessKey: 'x' })).toThrow(/objects: .*secretAccessKey/);
    expect(() => objects({ type: 'gcs' })).toThrow(/objects\.type/);
  });

  it('takes a service without any setting', () => {
    const configuration = checkConfiguration({ services: { shop: null } }, 'p.yaml');

    expect(serviceSettings(configuration, 'shop')?.image).toBe('shop');
  });
});

describe('the canary of a service', () => {
  const problemsOf = (canary: object): string => {
    try {
      checkConfiguration({ services: { shop: { canary } } }, 'p.yaml');
      return '';
    } catch (thrown) {
      return String(thrown);
    }
  };

  it('is taken with every setting there is', () => {
    const { settings } = JSON.parse(readFileSync(new URL('../workflows/canary/input.json', import.meta.url), 'utf8'));

    expect(problemsOf(settings)).toBe('');
    expect(problemsOf({ steps: [0.01, 12.35, 100] })).toBe('');
  });

  it('is refused with every field named that nobody reads or that is out of bounds', () => {
    const problems = problemsOf({ tickSecond: 1, toleratedErorRate: 0.02, tickSeconds: 0, maxBlindSeconds: 'x' });

    expect(problems).toContain('p.yaml cannot be used:');
    expect(problems).toMatch(/services\.shop\.canary: .*"tickSecond", "toleratedErorRate"/);
    expect(problems).toContain('services.shop.canary.tickSeconds: ');
    expect(problems).toContain('services.shop.canary.maxBlindSeconds: ');
  });

  it.each([
    ['an empty list', []],
    ['more than everything', [200]],
    ['nothing', [0, 50]],
    ['a smaller share after a larger', [50, 25, 100]],
    ['the same share twice', [25, 25]],
    ['less than a hundredth of a percent', [0.005]],
  ])('is refused with steps of %s', (_, steps) => {
    expect(problemsOf({ steps })).toContain('services.shop.canary.steps');
  });

  it.each([
    ['tickSeconds', 1.5],
    ['minSecondsPerStep', -1],
    ['maxSeconds', 0],
    ['alpha', 1],
    ['alphaSafe', 0],
    ['toleratedRatio', 1],
    ['toleratedErrorRate', 2],
    ['slowFloorMs', -1],
    ['toleratedSlowRate', 0],
  ])('is refused when %s is %d', (field, value) => {
    expect(problemsOf({ [field]: value })).toContain(`services.shop.canary.${field}: `);
  });

  it('is refused when its steps take longer than it may take, since then no release could be promoted', () => {
    expect(problemsOf({ maxSeconds: 60 })).toContain('services.shop.canary.maxSeconds: must leave time for every step');
  });
});

describe('a schedule', () => {
  const problemsIn = (schedule: object) => {
    try {
      checkConfiguration({ schedules: { nightly: { workflow: 'backup', ...schedule } } }, 'p.yaml');
      return '';
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : '';
    }
  };

  it('is read with UTC and no input where it names none', () => {
    const { schedules } = checkConfiguration(
      { schedules: { nightly: { cron: '0 2 * * *', workflow: 'backup' } } },
      'p',
    );

    expect(schedules).toEqual({ nightly: { cron: '0 2 * * *', timeZone: 'UTC', workflow: 'backup', input: {} } });
  });

  it.each([
    ['a pattern that is none', { cron: 'at night' }, '"at night" in "UTC" is no schedule'],
    ['a day that never comes', { cron: '0 2 31 2 *' }, '"0 2 31 2 *" never comes'],
    ['a time zone that does not exist', { cron: '0 2 * * *', timeZone: 'Europe/Zuerich' }, 'Europe/Zuerich'],
  ])('is refused with %s', (_what, schedule, problem) => {
    expect(problemsIn(schedule)).toContain('schedules.nightly: ');
    expect(problemsIn(schedule)).toContain(problem);
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
