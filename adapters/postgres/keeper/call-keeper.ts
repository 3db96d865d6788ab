import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { KeeperState } from './keeper.ts';
import type { Order } from './order.ts';
import { siteFolders } from './site-setup.ts';

/** How a site's keeper is reached. */
export interface KeeperAddress {
  /** `shop/north`, for messages. */
  readonly name: string;
  /** The site's folder, which has port and token. */
  readonly folder: string;
  /** Instead of the port the keeper listens on; undefined: that one. */
  readonly port: number | undefined;
}

/** @param quiet asks without being heard: the site may still find itself alone */
export const keeperState = (address: KeeperAddress, withinMs: number, quiet = false): Promise<KeeperState> =>
  call(address, 'GET', '/state', undefined, withinMs, quiet) as Promise<KeeperState>;

/**
 * What came of an order.
 * @throws StepFailure the keeper's own, or `Pointsman.SiteUnreachable` when it did not answer; it may have done it all the same
 */
export const keeperOrder = (address: KeeperAddress, order: Order): Promise<unknown> =>
  call(address, 'POST', '/orders', order, 5000, false);

async function call(
  address: KeeperAddress,
  method: string,
  path: string,
  body: unknown,
  withinMs: number,
  quiet: boolean,
): Promise<unknown> {
  const { status, text } = await send(address, method, path, body, withinMs, quiet).catch((cause: Error) => {
    const message = `${address.name}: its keeper did not answer ${method} ${path} (${cause.message})`;
    throw new StepFailure('Pointsman.SiteUnreachable', message, { cause });
  });
  const value: unknown = JSON.parse(text);
  if (status === 200) return value;
  const { name, message } = failureShape.parse(value).error;
  throw new StepFailure(`Pointsman.${name.replace(/^Pointsman\./, '')}`, message);
}

const failureShape = z.object({ error: z.object({ name: z.string(), message: z.string() }) });
const controlShape = z.object({ port: z.number(), token: z.string() });

async function send(
  { folder, port }: KeeperAddress,
  method: string,
  path: string,
  body: unknown,
  withinMs: number,
  quiet: boolean,
) {
  const control = controlShape.parse(
    JSON.parse(await readFile(join(siteFolders(folder).keeper, 'control.json'), 'utf8')),
  );
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const req = request({
      host: '127.0.0.1',
      port: port ?? control.port,
      method,
      path,
      agent: false,
      headers: { authorization: `Bearer ${control.token}`, ...(quiet ? { 'x-quiet': '1' } : {}) },
      signal: AbortSignal.timeout(withinMs),
    });
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    req.on('error', reject);
    req.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
