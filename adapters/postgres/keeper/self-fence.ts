import { SqlFailure } from '../sql/sql-session.ts';
import type { KeptSite } from './kept-site.ts';
import { stopForCertain } from './orders/fence-site.ts';

/**
 * Stops a primary that for `selfFenceSeconds` heard neither from a controller nor from a standby: it is cut off, and
 * somebody else may have been promoted. A controller that is gone stops nothing while a standby takes changes.
 */
export function watchForLoneliness(site: KeptSite): { readonly heard: () => void; readonly close: () => void } {
  const limitMs = site.setup.selfFenceSeconds * 1000;
  let heardAt = performance.now();
  let lastReply = '';
  let looking = false;

  async function look(): Promise<void> {
    const isPrimary = site.read().role.kind === 'primary';
    if (!isPrimary || site.server.pid() === undefined) return void (heardAt = performance.now());
    if (performance.now() - heardAt < limitMs / 4) return;
    const reply = await newestReply(site);
    // Compared with the one before, not with a clock: it is the standby's.
    if (reply !== '' && reply !== lastReply) heardAt = performance.now();
    lastReply = reply;
    if (performance.now() - heardAt < limitMs) return;
    const why = `neither a controller nor a standby was heard for ${site.setup.selfFenceSeconds} s`;
    await site.note({ wanted: 'stopped', fencedItself: { at: Date.now(), why } });
    const { evidence } = await stopForCertain(site);
    console.log(
      `${new Date().toISOString()} ${site.setup.group}/${site.setup.site} stopped itself: ${why}; ${evidence}`,
    );
  }

  const timer = setInterval(
    () => {
      if (looking) return;
      looking = true;
      look()
        .catch((error: unknown) => console.error(`${new Date().toISOString()} while looking for others:`, error))
        .finally(() => (looking = false));
    },
    Math.min(1000, limitMs / 6),
  );
  return { heard: () => void (heardAt = performance.now()), close: () => clearInterval(timer) };
}

/** When a streaming standby last said how far it is; empty when there is none, or the server says nothing. */
async function newestReply(site: KeptSite): Promise<string> {
  try {
    const [found] = await site.sql(1000, (sql) =>
      sql<{ reply: string | null }>(
        `SELECT max(reply_time)::text AS reply FROM pg_stat_replication WHERE state = 'streaming'`,
      ),
    );
    return found?.reply ?? '';
  } catch (error) {
    if (error instanceof SqlFailure) return '';
    throw error;
  }
}
