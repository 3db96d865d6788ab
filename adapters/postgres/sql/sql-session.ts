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

/**
 * Runs `use` in a session of its own, and ends the session whatever happened. It takes at most `withinMs` together, also
 * when the server takes the connection and never says a word.
 * @throws SqlFailure
 */
export async function sqlSession<T>(address: SqlAddress, withinMs: number, use: (sql: Sql) => Promise<T>): Promise<T> {
  const { host = '127.0.0.1', ...rest } = address;
  const client = new Client({ host, ...rest, application_name: 'pointsman', keepAlive: false });
  client.on('error', () => {}); // the query that runs is told too
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SqlFailure(`no answer within ${withinMs} ms`, undefined)), withinMs);
  });
  const work = async () => {
    await client.connect();
    return use(async <R extends QueryResultRow>(text: string, values?: readonly unknown[]) => {
      const { rows } = await client.query<R>(text, values === undefined ? undefined : [...values]);
      return rows;
    });
  };
  const done = work();
  done.catch(() => {}); // when it was late, nobody waits for it any more
  try {
    return await Promise.race([done, late]);
  } catch (error) {
    throw failureOf(address, error);
  } finally {
    clearTimeout(timer);
    void client.end().catch(() => {});
    (client as unknown as Connected).connection.stream.destroySoon();
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
