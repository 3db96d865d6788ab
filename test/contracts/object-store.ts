import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NoSuchObject, type ObjectStore } from '../../engine/runner/object-store.ts';

export interface ObjectStoreUnderTest {
  /** Has the empty buckets `first` and `second`. */
  readonly store: ObjectStore;
  readonly close: () => Promise<void>;
}

/** What every ObjectStore does: the sentences of the port, one by one. */
export function objectStoreContract(name: string, open: () => Promise<ObjectStoreUnderTest>): void {
  describe(`ObjectStore: ${name}`, () => {
    let tested: ObjectStoreUnderTest;
    let store: ObjectStore;
    beforeEach(async () => {
      tested = await open();
      store = tested.store;
    });
    afterEach(() => tested.close());

    const put = (key: string, body = key) => store.put({ bucket: 'first', key }, Buffer.from(body));
    const get = async (key: string) => Buffer.from(await store.get({ bucket: 'first', key })).toString();
    const list = async (prefix = '', limit = 100) => (await store.list({ bucket: 'first', prefix, limit })).items;
    const keys = async (prefix = '') => (await list(prefix)).map(({ key }) => key);

    it('gives what was put, byte for byte', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      await store.put({ bucket: 'first', key: 'bytes' }, bytes);

      expect([...(await store.get({ bucket: 'first', key: 'bytes' }))]).toEqual([...bytes]);
    });

    it('keeps the newest of what was put under a key, in its own bucket', async () => {
      await put('a', 'old');
      await put('a', 'new');
      await store.put({ bucket: 'second', key: 'a' }, Buffer.from('other'));

      expect(await get('a')).toBe('new');
      expect(await keys()).toEqual(['a']);
    });

    it('says of a key that is not there what S3 says', async () => {
      await put('folder/a');

      for (const key of ['none', 'folder', 'folder/', 'folder/a/b'])
        await expect(get(key)).rejects.toThrow(new NoSuchObject('NoSuchKey'));
    });

    it('says of a bucket that is not there what S3 says, whatever is asked', async () => {
      const place = { bucket: 'third', key: 'a' };
      const failure = new NoSuchObject('NoSuchBucket');

      await expect(store.get(place)).rejects.toThrow(failure);
      await expect(store.put(place, Buffer.from(''))).rejects.toThrow(failure);
      await expect(store.list({ bucket: 'third', prefix: '', limit: 1 })).rejects.toThrow(failure);
      await expect(store.get({ bucket: '..', key: 'a' })).rejects.toThrow(failure);
    });

    it.each([
      'a b',
      'ü/漢/😀',
      '../up',
      '/root',
      'a//b',
      'a/./b/../c',
      'end/',
      '.hidden',
      '%41',
      'a:b|c?d*e"f<g>h\\i',
      '\u0001',
    ])('takes the key %j', async (key) => {
      await put(key);

      expect(await get(key)).toBe(key);
      expect(await keys()).toEqual([key]);
    });

    it('lists in the order of the keys as UTF-8', async () => {
      for (const key of ['b', '😀', 'a/b', 'B', '\uffee', 'a-']) await put(key);

      expect(await keys()).toEqual(['B', 'a-', 'a/b', 'b', '\uffee', '😀']);
    });

    it('lists by any prefix, be it a folder or not', async () => {
      for (const key of ['logs/1', 'logs/2', 'logs/old/3', 'login', 'other']) await put(key);

      expect(await keys('logs/')).toEqual(['logs/1', 'logs/2', 'logs/old/3']);
      expect(await keys('log')).toEqual(['login', 'logs/1', 'logs/2', 'logs/old/3']);
      expect(await keys('logs/o')).toEqual(['logs/old/3']);
      expect(await keys('none')).toEqual([]);
    });

    it('lists page by page, though objects come meanwhile', async () => {
      for (const key of ['a', 'c', 'e']) await put(key);
      const first = await store.list({ bucket: 'first', prefix: '', limit: 2 });
      await put('b');
      await put('d');
      const second = await store.list({ bucket: 'first', prefix: '', limit: 2, from: first.next ?? '' });

      expect([first, second].map(({ items }) => items.map(({ key }) => key))).toEqual([
        ['a', 'c'],
        ['d', 'e'],
      ]);
      expect(second.next).toBeUndefined();
    });

    it('lists sizes, moments, and an ETag that changes with the content', async () => {
      await put('a', 'Hello');
      const [before] = await list();
      await put('a', 'World');
      const [after] = await list();

      expect(before).toMatchObject({ size: 5, etag: '"8b1a9953c4611296a827abf8c47804d7"' });
      expect(before?.modifiedAt).toBeGreaterThan(0);
      expect(after?.etag).not.toBe(before?.etag);
    });

    it('shows no part of what is being put', async () => {
      const [long, other] = ['a', 'b'].map((letter) => letter.repeat(1_000_000));
      await put('a', long);
      const writing = Promise.all([put('a', other), put('a', long), put('a', other)]);
      const seen = await Promise.all(Array.from({ length: 20 }, () => get('a')));
      await writing;

      for (const each of seen) expect([long, other]).toContain(each);
      expect(await keys()).toEqual(['a']);
    });
  });
}
