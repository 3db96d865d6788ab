import { Client, type QueryResultRow } from 'pg';

/** Who asks, and where on this machine. */
export interface Login {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const database = 'app';
const answersWithinMs = 5_000;

/** A session that does not end the process when its server does. */
export async function connect({ port, user, password }: Login, name: string): Promise<Client> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database,
    application_name: name,
    connectionTimeoutMillis: answersWithinMs, // an address that is held keeps clients waiting
    query_timeout: answersWithinMs,
  });
  client.on('error', () => {}); // the query that runs is told too
  await client.connect();
  return client;
}

/** One question in a session of its own. */
export async function ask<R extends QueryResultRow>(
  login: Login,
  text: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const client = await connect(login, 'demo');
  try {
    return (await client.query<R>(text, [...values])).rows;
  } finally {
    await client.end().catch(() => {});
  }
}
