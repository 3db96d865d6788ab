import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { toEpochMs } from '../../engine/data/instant.ts';
import { NoSuchObject, type ObjectFacts, type ObjectStore } from '../../engine/runner/object-store.ts';

export interface S3Settings {
  /** What the SDK finds in its environment when undefined, as with the credentials. */
  readonly region?: string | undefined;
  /** Of a service that speaks S3's protocol; AWS itself when undefined. */
  readonly endpoint?: string | undefined;
  /** What buckets are really called, by the names that machines have for them. */
  readonly buckets?: Readonly<Record<string, string>>;
}

/** Objects in S3, or in a service that speaks its protocol. */
export function s3ObjectStore({ region, endpoint, buckets = {} }: S3Settings): ObjectStore & { close(): void } {
  const client = new S3Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }), // a bucket of its own host is AWS's alone
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED', // others than AWS know no newer checksums
  });

  function bucketNamed(name: string): string {
    const Bucket = Object.hasOwn(buckets, name) ? (buckets[name] ?? name) : name;
    if (!/^\w[\w.-]{1,253}\w$/.test(Bucket)) throw new NoSuchObject('NoSuchBucket'); // never asked for
    return Bucket;
  }

  return {
    async get({ bucket, key }) {
      const asked = new GetObjectCommand({ Bucket: bucketNamed(bucket), Key: key });
      const { Body } = await client.send(asked).catch(missing);
      return Body === undefined ? new Uint8Array() : Body.transformToByteArray();
    },

    async put({ bucket, key }, body) {
      const asked = new PutObjectCommand({ Bucket: bucketNamed(bucket), Key: key, Body: body });
      await client.send(asked).catch(missing);
    },

    async list({ bucket, prefix, limit, from }) {
      const asked = new ListObjectsV2Command({
        Bucket: bucketNamed(bucket),
        Prefix: prefix,
        MaxKeys: limit, // a page holds 1,000 at most, whatever is asked for
        EncodingType: 'url', // XML cannot hold every character that a key can
        ...(from === undefined ? {} : { StartAfter: from }),
      });
      const { Contents = [], IsTruncated } = await client.send(asked).catch(missing);
      const items = Contents.map(
        ({ Key = '', Size = 0, ETag = '', LastModified }): ObjectFacts => ({
          key: decodeURIComponent(Key.replaceAll('+', ' ')),
          size: Size,
          etag: ETag,
          modifiedAt: toEpochMs(LastModified?.getTime() ?? 0),
        }),
      );
      return { items, next: IsTruncated === true ? items.at(-1)?.key : undefined };
    },

    close: () => client.destroy(),
  };
}

/** A bucket or an object that is not there; what else went wrong is thrown as it is. */
function missing(thrown: unknown): never {
  const name = thrown instanceof S3ServiceException ? thrown.name : undefined;
  if (name === 'NoSuchBucket' || name === 'NoSuchKey') throw new NoSuchObject(name);
  throw thrown;
}
