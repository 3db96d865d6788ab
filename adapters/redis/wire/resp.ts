/** A reply that says an error: `code` is its first word. */
export class RedisFailure extends Error {
  override readonly name = 'RedisFailure';
  readonly code: string;
  constructor(text: string) {
    super(text);
    this.code = text.split(' ', 1)[0] ?? '';
  }
}

export type Reply = Buffer | string | number | null | RedisFailure | readonly Reply[];

/** A command as it goes over the wire, and as the append-only file has it. */
export function encodeCommand(words: readonly (string | number | Buffer)[]): Buffer {
  const parts: (string | Buffer)[] = [`*${words.length}\r\n`];
  for (const word of words) {
    const bytes = Buffer.isBuffer(word) ? word : Buffer.from(String(word));
    parts.push(`$${bytes.length}\r\n`, bytes, '\r\n');
  }
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

/** A value of the protocol (RESP 2), and where it ended. */
export interface Parsed {
  readonly value: Reply;
  readonly end: number;
}

/**
 * The value that begins at `at`; undefined when its end is not there yet. Bulk strings are buffers that share the bytes.
 * @throws Error where the bytes are no value of the protocol
 */
export function parseReply(bytes: Buffer, at = 0): Parsed | undefined {
  const lineEnd = bytes.indexOf('\r\n', at);
  if (lineEnd < 0) return undefined;
  const line = bytes.toString('latin1', at + 1, lineEnd);
  const next = lineEnd + 2;
  switch (bytes[at]) {
    case 0x2b: // +
      return { value: line, end: next };
    case 0x2d: // -
      return { value: new RedisFailure(bytes.toString('utf8', at + 1, lineEnd)), end: next };
    case 0x3a: // :
      return { value: Number(line), end: next };
    case 0x24: {
      const end = next + Number(line);
      if (Number(line) < 0) return { value: null, end: next };
      return bytes.length < end + 2 ? undefined : { value: bytes.subarray(next, end), end: end + 2 };
    }
    case 0x2a:
      return Number(line) < 0 ? { value: null, end: next } : parseArray(bytes, next, Number(line));
    default:
      throw new Error(`byte ${at} begins no value of the Redis protocol`);
  }
}

function parseArray(bytes: Buffer, from: number, length: number): Parsed | undefined {
  const values: Reply[] = [];
  let end = from;
  while (values.length < length) {
    const parsed = parseReply(bytes, end);
    if (parsed === undefined) return undefined;
    values.push(parsed.value);
    ({ end } = parsed);
  }
  return { value: values, end };
}

/** A reply as text; empty for what is none. */
export const textOf = (reply: Reply | undefined): string =>
  Buffer.isBuffer(reply) ? reply.toString('utf8') : typeof reply === 'string' ? reply : '';
