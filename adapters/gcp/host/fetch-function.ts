import type { HttpFunction } from '@google-cloud/functions-framework';

/** A fetch handler as an HTTP function of the framework: its request in, its answer out. */
export const fetchFunction =
  (handle: (request: Request) => Promise<Response>): HttpFunction =>
  async (request, response) => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers))
      for (const each of Array.isArray(value) ? value : value === undefined ? [] : [value]) headers.append(name, each);
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD' && request.rawBody !== undefined;
    const url = new URL(request.originalUrl, `${request.protocol}://${request.headers.host ?? 'localhost'}`);
    const left = new AbortController();
    response.on('close', () => left.abort());
    const answer = await handle(
      new Request(url, {
        method: request.method,
        headers,
        signal: left.signal,
        ...(hasBody ? { body: new Uint8Array(request.rawBody ?? []) } : {}),
      }),
    );
    response.status(answer.status);
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
