import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

const lowest = 20_000;

/**
 * A loopback port nobody listens on: `wanted` when it is free, else one below the range from which the system gives
 * ports to connections, so that none takes it before the instance listens.
 * @param taken ports promised to instances that may not listen yet
 * @param random gives numbers from 0 to below 1
 */
export async function freePort(taken: ReadonlySet<number>, wanted?: number, random = Math.random): Promise<number> {
  if (wanted !== undefined && !taken.has(wanted) && (await listens(wanted)) !== undefined) return wanted;
  const highest = await lowestForConnections();
  for (let left = highest > lowest ? 100 : 0; left > 0; left -= 1) {
    const port = lowest + Math.floor(random() * (highest - lowest));
    if (!taken.has(port) && (await listens(port)) !== undefined) return port;
  }
  const any = await listens(0);
  if (any === undefined) throw new Error('no free port on 127.0.0.1');
  return any;
}

/** The port, when it could be listened on for a moment. */
function listens(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

async function lowestForConnections(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '32768');
  return Number.parseInt(range, 10);
}
