import { createHash, randomUUID } from 'node:crypto';
import { isObject, type Json, own } from '../../engine/data/json.ts';
import { ServiceError } from '../../adapters/local/function-error.ts';
import type { LocalFunction } from '../../adapters/local/local-function.ts';

/** A queue for whatever URL: a template made it, and only the template knows its name. */
export const ANY_QUEUE = '*';

/** What reads a queue; it is given each message's body as soon as the message is there. */
export type Consumer = (body: string) => void;

/** The queues of a case: what `sqs:sendMessage` sends goes to the queue's consumer, or waits to be received. */
export interface Queues {
  create(url: string): void;
  consume(url: string, consumer: Consumer): void;
  /** A message that comes from elsewhere. */
  put(url: string, body: string): void;
  /** The bodies that wait, which are taken out. */
  receive(url: string): readonly string[];
  readonly sendMessage: LocalFunction;
}

export function createQueues(): Queues {
  const queues = new Map<string, { readonly bodies: string[]; consumer?: Consumer }>();
  const queue = (url: string) => {
    const found = queues.get(url) ?? { bodies: [] };
    queues.set(url, found);
    return found;
  };
  return {
    create: (url) => void queue(url),
    consume(url, consumer) {
      queue(url).consumer = consumer;
    },
    put: (url, body) => void queue(url).bodies.push(body),
    receive: (url) => queue(url).bodies.splice(0),
    async sendMessage(input) {
      const given = isObject(input) ? input : {};
      const url = own(given, 'QueueUrl');
      const found = typeof url === 'string' ? (queues.get(url) ?? queues.get(ANY_QUEUE)) : undefined;
      if (found === undefined) throw noQueue();
      const body = textOf(own(given, 'MessageBody') ?? null);
      // A consumer sees the message after its sender was told that it is sent.
      if (found.consumer === undefined) found.bodies.push(body);
      else setImmediate(found.consumer, body);
      return sent(body);
    },
  };
}

const textOf = (body: Json): string => (typeof body === 'string' ? body : JSON.stringify(body));

const sent = (body: string) => ({
  MD5OfMessageBody: createHash('md5').update(body).digest('hex'),
  MessageId: randomUUID(),
  SdkHttpMetadata: {},
  SdkResponseMetadata: {},
});

const noQueue = () =>
  new ServiceError(
    'Sqs.QueueDoesNotExistException',
    'The specified queue does not exist. (Service: Sqs, Status Code: 400, Request ID: 00000000-0000-0000-0000-000000000000)',
  );
