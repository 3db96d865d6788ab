import { createHash } from 'node:crypto';

/** Above every number of standbys there could be: a primary that wants so many refuses every write with NOREPLICAS. */
export const NO_WRITES = 1_000_000;

/** What a server is told when it starts. */
export interface ServerConfig {
  readonly port: number;
  readonly data: string;
  /** Off where what counts is in `dump.rdb`; it is turned on as soon as that is loaded. */
  readonly appendOnly: boolean;
  /** Port of the primary it follows. */
  readonly leaderPort: number | undefined;
  readonly minReplicas: number;
  readonly maxLagSeconds: number;
  /** Of clients (user `default`); empty: they need none. Undefined: clients are kept out. */
  readonly clientPassword: string | undefined;
  /** Of the user `pointsman`, who works for the adapter and replicates. */
  readonly adminPassword: string;
  /** Further lines of redis.conf, by name; above these. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The user that the adapter works as. */
export const ADMIN = 'pointsman';

/**
 * redis.conf of a site. It is written anew before each start and never by the server (`CONFIG REWRITE`), so that nothing set in passing
 * is there after a restart. Timestamps in the append-only file are what point-in-time restores stand on; it is flushed before a
 * write is acknowledged, so that what a killed server leaves is all it acknowledged.
 */
export function serverConfig(config: ServerConfig): string {
  const lines: Record<string, string> = {
    bind: '127.0.0.1',
    port: String(config.port),
    'protected-mode': 'no',
    dir: quoted(config.data),
    pidfile: quoted(`${config.data}/server.pid`),
    daemonize: 'no',
    save: '""',
    appendonly: config.appendOnly ? 'yes' : 'no',
    appendfsync: 'always',
    'aof-timestamp-enabled': 'yes',
    'repl-diskless-sync-delay': '0',
    'repl-backlog-size': '16mb',
    'repl-backlog-ttl': '0', // without a backlog a stopped primary does not write down where it ended
    'enable-debug-command': 'local', // DEBUG DIGEST-VALUE; clients may not
    ...config.settings,
    'min-replicas-to-write': String(config.minReplicas),
    'min-replicas-max-lag': String(config.maxLagSeconds),
    masteruser: ADMIN,
    masterauth: quoted(config.adminPassword),
  };
  if (config.leaderPort !== undefined) lines['replicaof'] = `127.0.0.1 ${config.leaderPort}`;
  return [
    ...Object.entries(lines).map(([name, value]) => `${name} ${value}`),
    `user default ${clientRules(config.clientPassword).join(' ')}`,
    `user ${ADMIN} on ${hashed(config.adminPassword)} ~* &* +@all`,
    '',
  ].join('\n');
}

/**
 * What clients may: all but what moves or stops the server (ACL category `admin`). Kept out, their user keeps its rights: Redis loads the
 * append-only file as that user, and what is in a transaction there and not allowed is left out without a word.
 */
export const clientRules = (password: string | undefined): readonly string[] => [
  'reset',
  ...(password === undefined ? ['off'] : ['on', password === '' ? 'nopass' : hashed(password)]),
  '~*',
  '&*',
  '+@all',
  '-@admin',
];

const hashed = (password: string): string => `#${createHash('sha256').update(password).digest('hex')}`;

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
