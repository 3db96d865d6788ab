import { describe, expect, it } from 'vitest';
import { encodeCommand } from '../wire/resp.ts';
import { commitsIn, forkIn } from './read-commits.ts';

const file = (...lines: readonly (string | readonly string[])[]) =>
  Buffer.concat(lines.map((line) => (typeof line === 'string' ? Buffer.from(`${line}\r\n`) : encodeCommand(line))));
const commits = (...lines: readonly (string | readonly string[])[]) => commitsIn(file(...lines));

describe('commitsIn', () => {
  it('takes a transaction as one commit, with the newest timestamp before it', () => {
    const found = commits(
      '#TS:1700000000',
      ['SELECT', '2'],
      ['SET', 'a', '1'],
      ['MULTI'],
      ['SET', 'b', '1'],
      ['DEL', 'a'],
      ['EXEC'],
    );

    expect(found.map(({ at, database }) => [at, database])).toEqual([
      [1_700_000_000_000, 2],
      [1_700_000_000_000, 2],
    ]);
    expect(found[1]?.bytes).toEqual(file(['SET', 'b', '1'], ['DEL', 'a']));
  });

  it('ends before a command or a transaction that was cut short', () => {
    const whole = file(['SET', 'a', '1'], ['MULTI'], ['SET', 'b', '1'], ['EXEC']);
    const first = file(['SET', 'a', '1']).length;

    for (let bytes = first; bytes < whole.length; bytes += 1)
      expect(commitsIn(whole.subarray(0, bytes)).map(({ end }) => end)).toEqual([first]);
    expect(commitsIn(whole).at(-1)?.end).toBe(whole.length);
  });
});

describe('forkIn', () => {
  const set = (key: string) => ['SET', key, '1'];

  it('finds where the log of a standby ends in that of its primary, whichever began earlier', () => {
    expect(forkIn(commits(set('a'), set('b'), set('c')), commits(set('b')))).toBe(2);
    expect(forkIn(commits(set('b'), set('c')), commits(set('a'), set('b')))).toBe(1);
    expect(forkIn(commits(set('a')), commits(set('a')))).toBe(1);
  });

  it('tells commits that look alike by what is before them', () => {
    const same = ['INCR', 'n'];

    expect(forkIn(commits(set('mark'), same, same, same), commits(set('mark'), same))).toBe(2);
  });

  it('does not mind where a database is selected', () => {
    expect(forkIn(commits(['SELECT', '0'], set('a'), set('b')), commits(set('a')))).toBe(1);
  });

  it('finds nothing where nothing is common', () => {
    expect(forkIn(commits(set('a')), commits(set('b')))).toBeUndefined();
    expect(forkIn(commits(set('a')), [])).toBeUndefined();
  });
});
