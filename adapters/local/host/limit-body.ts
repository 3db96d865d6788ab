import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Refusal } from './refusal.ts';

/** Throws a Refusal 413 for a longer body, and closes the connection: the rest of the body is never read. */
export const limitBody = (maxBytes: number): MiddlewareHandler =>
  bodyLimit({
    maxSize: maxBytes,
    onError(c) {
      c.header('connection', 'close');
      throw new Refusal(413, 'TooLarge', `${c.req.path} takes at most ${maxBytes} bytes`);
    },
  });
