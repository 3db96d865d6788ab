import { type Fetch, listen } from '../../adapters/local/host/listen.ts';
import { ACCOUNT, REGION } from './case-host.ts';
import { type Client, createClient } from './client.ts';
import type { Theatre } from './run-case.ts';

/** An HTTP server on loopback for one host after the other; the account is in the path, and each has a client of its own. */
export async function openTheatre(): Promise<Theatre & { close(): Promise<void> }> {
  let fetchAs: (account: string) => Fetch = () => () => new Response(null, { status: 503 });
  const accountOf = (request: Request) => /^\/accounts\/(\d+)/.exec(new URL(request.url).pathname)?.[1] ?? ACCOUNT;
  const server = await listen((request) => fetchAs(accountOf(request))(request), '127.0.0.1', 0);
  const clients = new Map<string, Client>();
  return {
    serve: (host) => void (fetchAs = host.fetch),
    client(account) {
      const client = clients.get(account) ?? createClient(`${server.url}/accounts/${account}`, REGION);
      clients.set(account, client);
      return client;
    },
    async close() {
      for (const client of clients.values()) client.close();
      await server.close();
    },
  };
}
