import type { MiddlewareHandler } from 'hono';
import { Refusal, refuse } from './refusal.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?(?:json|x-amz-json-1\.[01])\b/i;

/**
 * Keeps web pages out. A browser reaches loopback for any page it shows, so the address alone protects nothing: a page's
 * request carries an `Origin`, a rebound name its own `Host`, and a form cannot say that it sends JSON.
 */
export const refuseBrowsers: MiddlewareHandler = async (c, next) => {
  const host = c.req.header('host');
  if (host !== undefined && !LOOPBACK.test(host))
    return refuse(c, new Refusal(403, 'ForeignHost', `this host answers to 127.0.0.1 and localhost, not to ${host}`));
  if (c.req.header('origin') !== undefined)
    return refuse(c, new Refusal(403, 'ForeignOrigin', 'this host takes no requests from web pages'));
  const type = c.req.header('content-type') ?? '';
  if (c.req.method === 'POST' && !JSON_TYPE.test(type))
    return refuse(c, new Refusal(415, 'NotJson', `content-type: found ${type || 'none'}; wanted application/json`));
  return next();
};
