import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkConfiguration } from '../../adapters/configuration.ts';

const pages = ['docs/recovery.md'];

describe.each(pages)('the configuration in %s', (page) => {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  const blocks = Array.from(text.matchAll(/```yaml\n([\s\S]*?)```/g), ([, block = '']) => block);

  it('is there, and can be used as it stands', () => {
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(() => checkConfiguration(parse(block), page)).not.toThrow();
  });
});
