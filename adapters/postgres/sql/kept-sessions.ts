import {
  failureOf,
  isUnanswered,
  type Sql,
  type SqlAddress,
  sqlClient,
  type SqlClient,
  within,
} from './sql-session.ts';

/** Sessions that stay open for a while after their use: to open one costs a server process and a password's 4096 rounds. */
export interface KeptSessions {
  /**
   * As `sqlSession`, in a session that is open already where there is one. `use` leaves it as it found it: what it sets, it
   * sets for a transaction. What was not answered in a session that had ended unseen is asked again in a new one.
   * @throws SqlFailure
   */
  ask<T>(address: SqlAddress, withinMs: number, use: (sql: Sql) => Promise<T>): Promise<T>;
  /** Sees to it that one is open; what keeps it from that shows when it is asked. */
  warm(address: SqlAddress): void;
  /** Ends the one that is kept. */
  drop(address: SqlAddress): void;
}

const idleMs = 60_000;
/** Has the session read what questions about sessions need, which takes longer than to answer them. */
const firstQuestion = `SELECT count(pid) FROM pg_stat_activity WHERE backend_type <> '' AND usename <> ''`;

/** One session of each address is kept, for a minute. A process that has nothing else to do ends all the same. */
export function keptSessions(): KeptSessions {
  const kept = new Map<string, { readonly client: SqlClient; readonly timer: NodeJS.Timeout }>();

  function take(key: string): SqlClient | undefined {
    const found = kept.get(key);
    if (found === undefined) return undefined;
    kept.delete(key);
    clearTimeout(found.timer);
    if (!found.client.isOpen()) return undefined;
    found.client.use(true);
    return found.client;
  }

  function keep(key: string, client: SqlClient): void {
    if (!client.isOpen() || kept.get(key)?.client.isOpen()) return client.end();
    clearTimeout(kept.get(key)?.timer);
    client.use(false);
    const timer = setTimeout(() => {
      if (kept.get(key)?.client === client) kept.delete(key);
      client.end();
    }, idleMs);
    kept.set(key, { client, timer: timer.unref() });
  }

  const sessions: KeptSessions = {
    async ask(address, withinMs, use) {
      const key = JSON.stringify(address);
      const deadline = performance.now() + withinMs;
      for (let known = take(key); ; known = undefined) {
        const client = known ?? sqlClient(address);
        let isAnswered = false;
        const sql: Sql = async (...query) => {
          const rows = await client.sql(...query);
          isAnswered = true;
          return rows as never;
        };
        try {
          const opened = known === undefined ? client.open(withinMs) : Promise.resolve();
          const result = await within(
            Math.max(1, deadline - performance.now()),
            opened.then(() => use(sql)),
          );
          keep(key, client);
          return result;
        } catch (thrown) {
          const failure = failureOf(address, thrown);
          const isGone = isUnanswered(failure) && (failure.code !== undefined || !client.isOpen()); // and not just silent
          client.end();
          if (known === undefined || isAnswered || !isGone) throw failure;
        }
      }
    },

    warm(address) {
      if (kept.get(JSON.stringify(address))?.client.isOpen()) return;
      sessions.ask(address, 1000, (sql) => sql(firstQuestion)).catch(() => {});
    },

    drop: (address) => take(JSON.stringify(address))?.end(),
  };
  return sessions;
}
