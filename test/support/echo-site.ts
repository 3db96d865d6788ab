import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A site that answers every line with its name and the line, for tests of what lies before it. */
export interface EchoSite extends AsyncDisposable {
  readonly address: { readonly host: string; readonly port: number };
  /** Sessions that are open now. */
  sessions(): number;
}

export async function echoSite(name: string): Promise<EchoSite> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => open.delete(socket));
    socket.on('data', (data) => socket.write(`${name}:${String(data)}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: '127.0.0.1', port },
    sessions: () => open.size,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A client's session. */
export interface Session {
  /** Sends a line and resolves with the answer. */
  ask(line: string): Promise<string>;
  /** Resolves when the other side has ended it. */
  readonly ended: Promise<unknown>;
  close(): void;
}

export async function openSession(port: number): Promise<Session> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {});
  const ended = once(socket, 'close');
  await once(socket, 'connect');
  return {
    async ask(line) {
      const answer = once(socket, 'data');
      socket.write(line);
      return String((await answer)[0]);
    },
    ended,
    close: () => socket.destroy(),
  };
}
