import { describe, expect, it } from 'vitest';
import { encodeCommand, parseReply, RedisFailure } from './resp.ts';

describe('encodeCommand', () => {
  it('counts bytes, not characters', () => {
    expect(encodeCommand(['SET', 'ä', 1]).toString()).toBe('*3\r\n$3\r\nSET\r\n$2\r\nä\r\n$1\r\n1\r\n');
  });
});

describe('parseReply', () => {
  const parse = (text: string) => parseReply(Buffer.from(text))?.value;

  it('reads what a server says', () => {
    expect(parse('+OK\r\n')).toBe('OK');
    expect(parse(':-3\r\n')).toBe(-3);
    expect(parse('$-1\r\n')).toBeNull();
    expect(parse('$4\r\na\r\nb\r\n')).toEqual(Buffer.from('a\r\nb'));
    expect(parse('*2\r\n:1\r\n*1\r\n+x\r\n')).toEqual([1, ['x']]);
    expect(parse('-NOREPLICAS Not enough good replicas\r\n')).toEqual(expect.any(RedisFailure));
  });

  it('waits for the end of what has begun', () => {
    for (const text of ['', '+O', '$4\r\nab', '$4\r\nabcd', '*2\r\n:1\r\n']) expect(parse(text)).toBeUndefined();
  });

  it('refuses what is no value', () => {
    expect(() => parse('GET / HTTP/1.1\r\n')).toThrow('begins no value');
  });
});
