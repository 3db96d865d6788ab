import { Client, type QueryResultRow } from 'pg';

/** How a server is reached. */
export interface SqlAddress {
  readonly host?: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
  /** For commands of the replication protocol beside SQL; such a session takes no values. (PostgreSQL 18, 54.4) */
  readonly replication?: 'database';
  /** Encrypts the session; absent: it is not. */
  readonly ssl?: { readonly rejectUnauthorized: boolean };
}

export type Sql = <R extends QueryResultRow = QueryResultRow>(
  text: string,
  values?: readonly unknown[],
) => Promise<R[]>;

/** SQLSTATE and its message, or what kept the server from answering. */
export class SqlFailure extends Error {
  override readonly name = 'SqlFailure';
  /** `57P03`; undefined when there was no answer. */
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whether it is a failure to be heard at all: no connection, no session, no answer in time, or a server that ends. */
export const isUnanswered = (error: unknown): error is SqlFailure =>
  error instanceof SqlFailure && (error.code === undefined || /^(E|08|28|53300|57P)/.test(error.code));

/**
 * Runs `use` in a session of its own, and ends the session whatever happened. It takes at most `withinMs` together, also
 * when the server takes the connection and never says a word; to say hello it has 3 seconds of it.
 * @throws SqlFailure
 */
export async function sqlSession<T>(address: SqlAddress, withinMs: number, use: (sql: Sql) => Promise<T>): Promise<T> {
  const session = sqlClient(address);
  try {
    return await within(
      withinMs,
      session.open(withinMs).then(() => use(session.sql)),
    );
  } catch (error) {
    throw failureOf(address, error);
  } finally {
    session.end();
  }
}

/** A session as those who open and end sessions have it in hand. */
export interface SqlClient {
  readonly sql: Sql;
  /** Says hello, within `withinMs` and 3 seconds. */
  open(withinMs: number): Promise<void>;
  /** False once the server, or `end`, has ended it. */
  isOpen(): boolean;
  /** While it is not in use, it does not keep this process from ending. */
  use(isUsed: boolean): void;
  /** Ends it without waiting for a server that may hang. */
  end(): void;
}

export function sqlClient({ host = '127.0.0.1', ...rest }: SqlAddress): SqlClient {
  const client = new Client({ host, ...rest, application_name: 'pointsman', keepAlive: false });
  const { stream } = (client as unknown as Connected).connection;
  let isOpen = false;
  client.on('error', () => (isOpen = false)); // the query that runs is told too
  client.on('end', () => (isOpen = false));
  return {
    async open(withinMs) {
      await within(Math.min(withinMs, 3000), client.connect());
      isOpen = true;
    },
    async sql<R extends QueryResultRow>(text: string, values?: readonly unknown[]) {
      const { rows } = await client.query<R>(text, values === undefined ? undefined : [...values]);
      return rows;
    },
    isOpen: () => isOpen,
    use: (isUsed) => void (isUsed ? stream.ref() : stream.unref()),
    end() {
      isOpen = false;
      void client.end().catch(() => {});
      stream.destroySoon();
    },
  };
}

/** @throws SqlFailure without a code when `work` takes longer */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  work.catch(() => {}); // when it was late, nobody waits for it any more
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SqlFailure(`no answer within ${limitMs} ms`, undefined)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What `pg` does not offer: an end that does not wait for a server that hangs, a socket that may be forgotten. */
interface Connected {
  readonly connection: { readonly stream: { destroySoon(): void; ref(): unknown; unref(): unknown } };
}

/** What was thrown, as what `sqlSession` throws. */
export function failureOf({ port }: SqlAddress, error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'StepFailure' || error instanceof SqlFailure) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === undefined && !/connect|terminat|closed|ECONN|timeout/i.test(error.message)) return error;
  return new SqlFailure(`port ${port}: ${error.message || String(code)}`, code, { cause: error });
}
