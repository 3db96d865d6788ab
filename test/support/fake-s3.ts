import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { memoryObjectStore } from '../../adapters/memory/object-store.ts';
import { toEpochMs } from '../../engine/data/instant.ts';
import { NoSuchObject, type ObjectFacts } from '../../engine/runner/object-store.ts';

/** A fake of the three calls of S3 that its adapter makes, over objects in memory: no other judge of S3 than our reading of it. */
export interface FakeS3 {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startFakeS3(buckets: readonly string[]): Promise<FakeS3> {
  const store = memoryObjectStore(buckets, () => toEpochMs(Date.now()));

  async function answer(request: IncomingMessage): Promise<string | Uint8Array> {
    const [path = '', search = ''] = (request.url ?? '').split('?');
    const [, bucket = '', ...rest] = path.split('/');
    const place = { bucket, key: rest.map(decodeURIComponent).join('/') };
    const query = new URLSearchParams(search);
    if (request.method === 'PUT') {
      await store.put(place, Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)));
      return '';
    }
    if (place.key !== '' && !query.has('list-type')) return store.get(place);
    const { items, next } = await store.list({
      bucket,
      prefix: query.get('prefix') ?? '',
      limit: Number(query.get('max-keys') ?? 1000),
      from: query.get('start-after') ?? '',
    });
    return `<ListBucketResult><IsTruncated>${next !== undefined}</IsTruncated>${items.map(contents).join('')}</ListBucketResult>`;
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.end(body),
      (thrown: unknown) => {
        const code = thrown instanceof NoSuchObject ? thrown.code : 'InternalError';
        response.statusCode = thrown instanceof NoSuchObject ? 404 : 500;
        response.end(`<Error><Code>${code}</Code><Message>${String(thrown)}</Message></Error>`);
      },
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A listing with `encoding-type=url`. */
const contents = ({ key, size, etag, modifiedAt }: ObjectFacts): string =>
  `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>${new Date(modifiedAt).toISOString()}</LastModified><ETag>${etag.replaceAll('"', '&quot;')}</ETag><Size>${size}</Size></Contents>`;
