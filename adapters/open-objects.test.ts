import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startFakeS3 } from '../test/support/fake-s3.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { checkConfiguration } from './configuration.ts';
import { openObjects } from './open-objects.ts';

const open = (objects: object, dataFolder = '') =>
  openObjects(checkConfiguration({ objects }, 'p.yaml').objects, dataFolder);
const place = { bucket: 'orders', key: 'a/b' };

it('objects are below the data folder where nothing else is said', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'objects/orders'), { recursive: true });
  await (await open({ type: 'folder' }, folder)).put(place, Buffer.from('x'));
  const same = await open({ type: 'folder', folder: join(folder, 'objects') });

  expect(Buffer.from(await same.get(place)).toString()).toBe('x');
});

it('objects are in S3 where the configuration says so, in the buckets it names', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const fake = await startFakeS3(['company-orders']);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await fake.stop();
  });
  const settings = { type: 's3', region: 'eu-central-1', endpoint: fake.url };
  const mapped = await open({ ...settings, buckets: { orders: 'company-orders' } });
  await mapped.put(place, Buffer.from('x'));
  const plain = await open(settings);

  expect(Buffer.from(await plain.get({ ...place, bucket: 'company-orders' })).toString()).toBe('x');
  await expect(plain.get(place)).rejects.toThrow('The specified bucket does not exist');
});
