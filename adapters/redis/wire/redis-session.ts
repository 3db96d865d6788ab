import { connect } from 'node:net';
import { encodeCommand, parseReply, RedisFailure, textOf, type Reply } from './resp.ts';

export interface RedisAddress {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly user: string;
  /** Empty: the user needs none. */
  readonly password: string;
}

export type Word = string | number | Buffer;

export interface Redis {
  /** @throws RedisFailure what the server refused, with its reason */
  (...words: readonly Word[]): Promise<Reply>;
  /** Many commands in one round trip; replies in their order, refusals among them. */
  pipeline(commands: readonly (readonly Word[])[]): Promise<readonly Reply[]>;
  /** Sections of INFO, by field. */
  info(section: string): Promise<Readonly<Record<string, string>>>;
}

/** The server did not answer in time, or ended the connection: whether it did what it was asked is unknown. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/**
 * One connection for `use`, with one deadline over all of it. A client library brings reconnecting and queues for a server that is away;
 * here a server that is away is the fact that is wanted, at once.
 * @throws Unanswered
 */
export async function redisSession<T>(
  { port, user, password }: RedisAddress,
  withinMs: number,
  use: (redis: Redis) => Promise<T>,
): Promise<T> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  const waiting: PromiseWithResolvers<Reply>[] = [];
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  const end = (why: string) => {
    const failure = new Unanswered(`127.0.0.1:${port} ${why}`);
    lost.reject(failure);
    for (const each of waiting.splice(0)) each.reject(failure);
    socket.destroy();
  };
  const timer = setTimeout(() => end(`did not answer within ${withinMs} ms`), withinMs);
  socket.on('error', (error: NodeJS.ErrnoException) => end(`does not answer: ${error.code ?? error.message}`));
  socket.on('close', () => end('closed the connection'));
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    try {
      for (let parsed = parseReply(rest); parsed !== undefined; parsed = parseReply(rest)) {
        waiting.shift()?.resolve(parsed.value);
        rest = rest.subarray(parsed.end);
      }
    } catch (error) {
      end(`does not speak the Redis protocol: ${error instanceof Error ? error.message : String(error)}`);
    }
  });

  const send = (commands: readonly (readonly Word[])[]): Promise<readonly Reply[]> => {
    const replies = commands.map(() => {
      const reply = Promise.withResolvers<Reply>();
      reply.promise.catch(() => {}); // told through `lost`, too
      waiting.push(reply);
      return reply.promise;
    });
    socket.write(Buffer.concat(commands.map(encodeCommand)));
    return Promise.race([Promise.all(replies), lost.promise]);
  };
  const one = async (...words: readonly Word[]): Promise<Reply> => {
    const [reply = null] = await send([words]);
    if (reply instanceof RedisFailure) throw reply;
    return reply;
  };
  const redis = Object.assign(one, {
    pipeline: send,
    info: async (section: string) => fieldsOf(textOf(await one('INFO', section))),
  });
  try {
    if (user !== 'default' || password !== '') await redis('AUTH', user, password);
    return await use(redis);
  } finally {
    clearTimeout(timer);
    socket.removeAllListeners('close');
    socket.destroy();
  }
}

const fieldsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
