import { describe, expect, it } from 'vitest';
import { ignoreRules } from './ignore-rules.ts';

describe('ignoreRules', () => {
  it.each([
    ['*.log', 'a/b/x.log', true],
    ['*.log', 'x.logs', false],
    ['*', '.env', true],
    ['/dist', 'dist', true],
    ['/dist', 'web/dist', false],
    ['docs/*.md', 'docs/a.md', true],
    ['docs/*.md', 'docs/a/b.md', false],
    ['docs/**', 'docs/a/.b.md', true],
    ['**/tmp/x', 'a/b/tmp/x', true],
    ['v[0-9].js', 'v1.js', true],
    ['v[!0-9].js', 'v1.js', false],
    ['v?.js', 'v12.js', false],
    ['a+(b).js', 'a+(b).js', true],
    ['# *.js', 'a.js', false],
    ['*.js\n!keep.js', 'keep.js', false],
  ])('%j: %s is left out: %s', (text, path, leftOut) => {
    expect(ignoreRules(text)(path, false)).toBe(leftOut);
  });

  it('leaves out folders only where the pattern ends in a slash', () => {
    expect(ignoreRules('build/')('build', true)).toBe(true);
    expect(ignoreRules('build/')('build', false)).toBe(false);
  });

  it('takes back in what is left out by default', () => {
    expect(ignoreRules('')('.git', true)).toBe(true);
    expect(ignoreRules('!.git')('.git', true)).toBe(false);
    expect(ignoreRules('')('packages/a/node_modules/.cache', true)).toBe(true);
  });
});
