import { Client, type QueryResultRow } from 'pg';

/** How a server is reached. */
export interface SqlAddress {
  readonly host?: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
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
  const { host = '127.0.0.1', ...rest } = address;
  const client = new Client({ host, ...rest, application_name: 'pointsman', keepAlive: false });
  client.on('error', () => {}); // the query that runs is told too
  const work = async () => {
    await within(client.connect(), Math.min(withinMs, 3000));
    return use(async <R extends QueryResultRow>(text: string, values?: readonly unknown[]) => {
      const { rows } = await client.query<R>(text, values === undefined ? undefined : [...values]);
      return rows;
    });
  };
  try {
    return await within(work(), withinMs);
  } catch (error) {
    throw failureOf(address, error);
  } finally {
    void client.end().catch(() => {});
    (client as unknown as Connected).connection.stream.destroySoon();
  }
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
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

/** What `pg` does not offer: an end that does not wait for a server that hangs. */
interface Connected {
  readonly connection: { readonly stream: { destroySoon(): void } };
}

function failureOf({ port }: SqlAddress, error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'StepFailure' || error instanceof SqlFailure) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === undefined && !/connect|terminat|closed|ECONN|timeout/i.test(error.message)) return error;
  return new SqlFailure(`port ${port}: ${error.message || String(code)}`, code, { cause: error });
}
