import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { s3ObjectStore } from '../../adapters/aws/object-store.ts';
import { startFakeS3 } from '../support/fake-s3.ts';
import { type MotoServer, startMotoServer } from '../support/moto-server.ts';
import { onPath } from '../support/on-path.ts';
import { objectStoreContract } from './object-store.ts';

const BUCKETS = ['first', 'second'];
const region = 'us-east-1';

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  return () => vi.unstubAllEnvs();
});

objectStoreContract('S3, a fake of it', async () => {
  const fake = await startFakeS3(BUCKETS);
  const store = s3ObjectStore({ region, endpoint: fake.url });
  return {
    store,
    async close() {
      store.close();
      await fake.stop();
    },
  };
});

const program = onPath('moto_server');
const skipped = program === undefined ? ' (skipped: there is no moto_server on PATH)' : '';

describe.skipIf(program === undefined)(`S3 as moto has it${skipped}`, () => {
  let moto: MotoServer;
  beforeAll(async () => {
    moto = await startMotoServer(program ?? '');
  }, 30_000);
  afterAll(() => moto.stop());

  async function createBuckets(): Promise<void> {
    await moto.reset();
    const client = new S3Client({ region, endpoint: moto.url, forcePathStyle: true });
    for (const Bucket of BUCKETS) await client.send(new CreateBucketCommand({ Bucket }));
    client.destroy();
  }

  objectStoreContract('S3', async () => {
    await createBuckets();
    const store = s3ObjectStore({ region, endpoint: moto.url });
    return { store, close: async () => store.close() };
  });

  it('calls buckets what they are really called', async () => {
    await createBuckets();
    const store = s3ObjectStore({ region, endpoint: moto.url, buckets: { orders: 'first' } });
    await store.put({ bucket: 'orders', key: 'a' }, Buffer.from('x'));

    expect((await store.list({ bucket: 'first', prefix: '', limit: 10 })).items).toMatchObject([{ key: 'a' }]);
    store.close();
  });
});
