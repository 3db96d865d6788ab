import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** Where a site listens, on this machine or another. */
export interface SiteAddress {
  readonly host: string;
  readonly port: number;
}

/** A listener of one group that connects its sessions through to one place, byte for byte. */
export interface EndpointSwitch {
  readonly port: number;
  connected(): number;
  waiting(): number;
  /** Milliseconds since 1970. */
  lastConnectedAt(): number | undefined;
  /** Since when no session could be connected through. */
  failingSince(): number | undefined;
  /**
   * What sessions meet from now on. Those that are connected through to somewhere else, or may not be any more, are
   * ended, both sides, before this returns; those that wait go on when it opens, and end when it refuses.
   */
  turn(target: SiteAddress | undefined, sessions: 'open' | 'held' | 'refused'): void;
  /** Ends everything. */
  close(): Promise<void>;
}

interface SwitchOptions {
  /** How long a session waits. Default 30. */
  readonly patienceSeconds?: number;
  /** How long a site may take to accept. Default 5. */
  readonly connectSeconds?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Kept waiting at most; the next are refused. */
const mostWaiting = 1_000;

/**
 * Opens a group's address on 127.0.0.1; `port` 0 takes any. It refuses until it is turned.
 * @throws Error with code `EADDRINUSE` when the port is taken
 */
export async function openEndpointSwitch(port: number, options: SwitchOptions = {}): Promise<EndpointSwitch> {
  const { patienceSeconds = 30, connectSeconds = 5, now = Date.now } = options;
  let target: SiteAddress | undefined;
  let sessions: 'open' | 'held' | 'refused' = 'refused';
  let lastConnectedAt: number | undefined;
  let failingSince: number | undefined;
  const waiting = new Map<Socket, NodeJS.Timeout>();
  const through = new Map<Socket, Socket>();

  // A client's first bytes stay in the kernel until it is connected through: nothing is read that might be lost.
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (client) => {
    client.on('error', () => {}); // 'close' follows
    client.once('close', () => end(client));
    if (sessions === 'open' && target !== undefined) return connectThrough(client, target);
    if (sessions === 'refused' || waiting.size >= mostWaiting) return void client.destroy();
    waiting.set(
      client,
      setTimeout(() => end(client), patienceSeconds * 1000),
    );
  });

  function connectThrough(client: Socket, { host, port: sitePort }: SiteAddress): void {
    const site = connect({ host, port: sitePort, noDelay: true, allowHalfOpen: true });
    let isConnected = false;
    const tooLong = setTimeout(() => site.destroy(new Error('too long')), connectSeconds * 1000);
    through.set(client, site);
    site.once('connect', () => {
      clearTimeout(tooLong);
      isConnected = true;
      lastConnectedAt = now();
      failingSince = undefined;
      client.pipe(site);
      site.pipe(client);
    });
    site.on('error', () => {}); // 'close' follows
    site.once('close', () => {
      clearTimeout(tooLong);
      if (!isConnected && through.get(client) === site) failingSince ??= now();
      end(client);
    });
  }

  /** Ends both sides of a session. What the site was sent and has not read is thrown away with a reset. */
  function end(client: Socket): void {
    clearTimeout(waiting.get(client));
    waiting.delete(client);
    const site = through.get(client);
    through.delete(client);
    site?.resetAndDestroy();
    client.destroy();
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, backlog: 4096 }, resolve);
  });
  const { port: chosen } = server.address() as AddressInfo;

  return {
    port: chosen,
    connected: () => through.size,
    waiting: () => waiting.size,
    lastConnectedAt: () => lastConnectedAt,
    failingSince: () => failingSince,
    turn(nextTarget, nextSessions) {
      const stays = nextSessions === 'open' && sameAddress(target, nextTarget);
      if (!sameAddress(target, nextTarget)) failingSince = undefined;
      target = nextTarget;
      sessions = nextSessions;
      if (!stays) for (const client of through.keys()) end(client);
      if (sessions === 'refused') for (const client of waiting.keys()) end(client);
      if (sessions !== 'open' || target === undefined) return;
      for (const [client, timer] of waiting) {
        clearTimeout(timer);
        waiting.delete(client);
        connectThrough(client, target);
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of [...through.keys(), ...waiting.keys()]) end(client);
      }),
  };
}

const sameAddress = (a: SiteAddress | undefined, b: SiteAddress | undefined): boolean =>
  a?.host === b?.host && a?.port === b?.port;
