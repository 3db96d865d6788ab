import { describe, expect, it } from 'vitest';
import { refName, tagOf, withTag } from './tags.ts';

const image = (letter: string) => ({ mediaType: 'm', size: 1, digest: `sha256:${letter.repeat(64)}` });
const tagged = (letter: string, tag: string) => ({ ...image(letter), annotations: { [refName]: tag } });

describe('withTag', () => {
  it('adds the pushed image last', () => {
    expect(withTag([tagged('a', 'v1')], 'v2', image('b'))).toEqual([tagged('a', 'v1'), tagged('b', 'v2')]);
  });

  it('keeps the image a tag pointed to before, without the tag', () => {
    expect(withTag([tagged('a', 'v1')], 'v1', image('b'))).toEqual([image('a'), tagged('b', 'v1')]);
  });

  it('has one entry when the same image is pushed again under its tag', () => {
    expect(withTag([tagged('a', 'v1'), tagged('b', 'v2')], 'v1', image('a'))).toEqual([
      tagged('b', 'v2'),
      tagged('a', 'v1'),
    ]);
  });

  it('drops the entry without tag when the image gets one', () => {
    expect(withTag([image('a'), tagged('b', 'v1')], 'v2', image('a')).map(tagOf)).toEqual(['v1', 'v2']);
  });

  it('keeps other annotations', () => {
    const entry = { ...image('a'), annotations: { [refName]: 'v1', note: 'kept' } };

    expect(withTag([entry], 'v1', image('b'))[0]).toEqual({ ...image('a'), annotations: { note: 'kept' } });
  });
});
