/** One process of the benchmark: `serve.ts instance|floor|router [<upstream URL>]`. Tells its URL and ends with its parent. */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRouter } from '../../adapters/local/router/router.ts';

const [role, upstream = ''] = process.argv.slice(2);
const body = 'x'.repeat(1024);

const url = await start();
process.on('disconnect', () => process.exit(0));
process.send?.(url);

async function start(): Promise<string> {
  switch (role) {
    case 'instance':
      return listen((_req, res) => void res.writeHead(200, { 'content-length': body.length }).end(body));
    case 'floor':
      return listen(bareProxy(new URL(upstream)));
    case 'router':
      return route();
    default:
      throw new Error(`asked for ${role}, there are instance, floor and router`);
  }
}

/** The least a reverse proxy can do on node:http: headers as they come, bodies piped, connections kept. */
function bareProxy({ hostname, port }: URL): RequestListener {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024 });
  return (req, res) => {
    const { method, url: path, headers } = req;
    const outgoing = request({ hostname, port, method, path, headers, agent }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    outgoing.on('error', () => res.destroy());
    req.pipe(outgoing);
  };
}

async function route(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'router-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const router = await openRouter(folder);
  const upstreams = [upstream];
  const [stable, candidate] = [
    { release: 'old', upstreams },
    { release: 'new', upstreams },
  ];
  await router.change('web', 0, 1, { stable, candidate, candidatePercent: 10 });
  return router.publish('web', 0);
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
