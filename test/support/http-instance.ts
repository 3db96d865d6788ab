import { createServer, request, type Agent, type RequestListener, type RequestOptions, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running instance of a release, ended by `await using`. */
export interface HttpInstance extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly server: Server;
}

/** An instance on a free port; a text makes one that answers every request with it. */
export async function httpInstance(answer: string | RequestListener, port = 0): Promise<HttpInstance> {
  const server = createServer(typeof answer === 'string' ? (_req, res) => void res.end(answer) : answer);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const stop = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, [Symbol.asyncDispose]: stop };
}

/** An address where nobody listens. */
export async function nobody(): Promise<string> {
  await using gone = await httpInstance('gone');
  return gone.url;
}

/** A whole answer. @throws Error when the connection breaks before its end */
export async function fetchText(
  url: string,
  options: Omit<RequestOptions, 'headers'> & { readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const length = options.body === undefined ? {} : { 'content-length': Buffer.byteLength(options.body) };
    const req = request(url, { ...options, headers: { ...length, ...options.headers } }, (res) => {
      let text = '';
      res.on('data', (chunk) => (text += String(chunk)));
      res.on('error', reject);
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text, headers: res.headers }));
    });
    req.on('error', reject);
    req.end(options.body);
  });
}

/** Sends GETs one after the other and counts the answers: by text, or by status when the router answered itself. */
export async function countAnswers(url: string, count: number, agent?: Agent): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const { status, text } = await fetchText(url, agent ? { agent } : {});
    const who = status > 500 ? String(status) : text;
    answers[who] = (answers[who] ?? 0) + 1;
  }
  return answers;
}
