import type { Client } from '../client/client.ts';
import type { HistoryEvent } from '../client/steps.ts';

/** Every event after `afterId`, oldest first; 0 gives the whole history. */
export async function readHistory(client: Client, executionArn: string, afterId = 0): Promise<HistoryEvent[]> {
  // The API cannot begin at an event. From the start the pages come in order; to continue, the newest come first.
  const reverseOrder = afterId > 0;
  const events: HistoryEvent[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await client.history({
      executionArn,
      reverseOrder,
      maxResults: reverseOrder ? 100 : 1000,
      ...(nextToken && { nextToken }),
    });
    const fresh = page.events.filter(({ id }) => id > afterId);
    events.push(...fresh);
    nextToken = page.nextToken;
    if (nextToken === undefined || fresh.length < page.events.length) break;
  }
  return reverseOrder ? events.reverse() : events;
}
