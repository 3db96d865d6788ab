import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP port that leads to another one, until it is told otherwise. */
export interface TcpSwitch extends AsyncDisposable {
  readonly port: number;
  /**
   * `through`; `cut`: connections end and new ones are refused at once; `stalled`: connections stay and carry nothing, and
   * new ones are taken and never answered, as behind a cable that was pulled.
   */
  set(mode: 'through' | 'cut' | 'stalled'): void;
}

/** @param target asked anew for each connection */
export async function tcpSwitch(target: () => number | Promise<number>): Promise<TcpSwitch> {
  let mode: 'through' | 'cut' | 'stalled' = 'through';
  const pairs = new Set<readonly [Socket, Socket]>();
  const held = new Set<Socket>();
  const server = createServer((from) => {
    from.on('error', () => {});
    if (mode === 'cut') return void from.resetAndDestroy();
    if (mode === 'stalled') return void held.add(from);
    from.pause();
    Promise.resolve(target()).then(
      (port) => pipe(from, connect(port, '127.0.0.1')),
      () => from.destroy(),
    );
    return undefined;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  function pipe(from: Socket, to: Socket): void {
    const pair = [from, to] as const;
    pairs.add(pair);
    from.setNoDelay();
    to.setNoDelay();
    for (const [a, b] of [pair, [to, from] as const]) {
      a.on('error', () => {});
      a.on('data', (bytes) => mode === 'through' && b.write(bytes));
      a.on('close', () => {
        pairs.delete(pair);
        if (mode !== 'stalled') b.destroy();
      });
    }
    from.resume();
  }

  const endAll = () => {
    for (const [a, b] of pairs) {
      a.resetAndDestroy();
      b.resetAndDestroy();
    }
    for (const socket of held) socket.destroy();
    held.clear();
  };

  return {
    port: (server.address() as AddressInfo).port,
    set(wanted) {
      if (wanted === 'cut' || (mode === 'stalled' && wanted === 'through')) {
        mode = wanted;
        return endAll(); // bytes were lost: nothing of such a connection can go on
      }
      mode = wanted;
    },
    async [Symbol.asyncDispose]() {
      endAll();
      server.close();
      await once(server, 'close');
    },
  };
}
