import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { StepFailure } from '../../../functions/step-failure.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import type { Keeper } from './keeper.ts';
import { readOrder } from './order.ts';

/**
 * The keeper's control: JSON over HTTP on loopback, for those who can read the token in `control.json` (mode 0600).
 *
 * - `GET /state` → KeeperState
 * - `POST /orders` Order → what came of it
 *
 * `x-quiet: 1` asks without being heard: the site may still find itself alone. A failure answers 409 or 500 with
 * `{"error":{"name","message"}}`; the name is the StepFailure's.
 */
export async function listenKeeper(keeper: Keeper, keeperFolder: string, wantedPort: number): Promise<Server> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((req, res) => {
    const reply = (status: number, value: unknown) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value ?? null));
    if (!isBearer(req, token)) return reply(401, failure('Pointsman.SiteUnreachable', 'the token is wrong'));
    if (req.headers['x-quiet'] === undefined) keeper.heard();
    answer(keeper, req).then(
      (value) => reply(200, value),
      (error: unknown) => {
        if (error instanceof StepFailure) return reply(409, failure(error.name, error.message));
        console.error(`${new Date().toISOString()} ${req.method} ${req.url}:`, error);
        return reply(500, failure('Pointsman.KeeperFailed', String(error)));
      },
    );
    return undefined;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wantedPort, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  await writeWhole(join(keeperFolder, 'control.json'), `${JSON.stringify({ port, token })}\n`, false);
  return server;
}

async function answer(keeper: Keeper, req: IncomingMessage): Promise<unknown> {
  const call = `${req.method} ${req.url}`;
  if (call === 'GET /state') return keeper.state();
  if (call !== 'POST /orders') throw new StepFailure('Pointsman.BadOrder', `${call} is not known`);
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return keeper.order(parsed(Buffer.concat(chunks).toString()));
}

function parsed(text: string) {
  try {
    return readOrder(JSON.parse(text));
  } catch (cause) {
    throw new StepFailure('Pointsman.BadOrder', `${text.slice(0, 200)} is no order: ${String(cause)}`, { cause });
  }
}

function isBearer({ headers }: IncomingMessage, token: string): boolean {
  const [given, wanted] = [Buffer.from(headers.authorization ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

const failure = (name: string, message: string) => ({ error: { name, message } });
