import type { EpochMs } from '../data/instant.ts';
import type { Page } from './ports.ts';

/** Where an object is. Buckets are there before they are used; a key is any text of 1 to 1,024 UTF-8 bytes. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
}

/** What a listing says of an object. */
export interface ObjectFacts {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** In quotes, as S3 gives it; another one when the content is another. */
  readonly etag: string;
  readonly modifiedAt: EpochMs;
}

/** The bucket, or the object, is not there. Its message is S3's own. */
export class NoSuchObject extends Error {
  override readonly name = 'NoSuchObject';
  readonly code: 'NoSuchBucket' | 'NoSuchKey';

  constructor(code: 'NoSuchBucket' | 'NoSuchKey') {
    super(code === 'NoSuchKey' ? 'The specified key does not exist.' : 'The specified bucket does not exist');
    this.code = code;
  }
}

/** Files by name, as S3 has them: what distributed Maps read their items from and write their results to. */
export interface ObjectStore {
  /** @throws NoSuchObject */
  get(place: ObjectPlace): Promise<Uint8Array>;
  /** Replaces what was there, at once: no reader sees a part of it. Durable when it resolves. @throws NoSuchObject for a bucket that is not there */
  put(place: ObjectPlace, body: Uint8Array): Promise<void>;
  /**
   * Objects whose keys start with `prefix`, in the order of their keys as UTF-8; `from` is the `next` of the page before.
   * @throws NoSuchObject for a bucket that is not there
   */
  list(query: {
    readonly bucket: string;
    readonly prefix: string;
    readonly limit: number;
    readonly from?: string;
  }): Promise<Page<ObjectFacts>>;
}
