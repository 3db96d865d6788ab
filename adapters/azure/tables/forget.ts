import type { EpochMs } from '../../../engine/data/instant.ts';
import { type Document, HEAD, isSettled, partitionOf, SUMMARY, summaryIn } from './document.ts';
import { createdMillis } from './keys.ts';
import type { Listed, Listings } from './listings.ts';
import type { Rows } from './rows.ts';
import type { ExecutionWriter } from './write-executions.ts';

/**
 * Removes what ended before an instant. A first transaction takes the summary and marks the head, and the execution is
 * gone; then its rows and blobs go, then the head, then the listing, by which an interrupted removal is found again.
 */
export function forgetter(rows: Rows, listings: Listings, writer: ExecutionWriter) {
  async function forget({ arn, place }: Listed, endedBefore: EpochMs): Promise<boolean> {
    const document = await writer.read(arn);
    const isHere = document?.facts.place === place;
    const wasThere = isHere && document.facts.forgotten === undefined;
    if (wasThere && !(await mark(arn, document, endedBefore))) return false;
    if (isHere) await writer.clear(arn, document);
    await listings.drop(place);
    return wasThere;
  }

  async function mark(arn: string, { etag, facts, pages }: Document, endedBefore: EpochMs): Promise<boolean> {
    const { stoppedAt } = summaryIn(pages);
    if (!isSettled(facts) || stoppedAt === undefined || stoppedAt >= endedBefore) return false;
    const content = { facts: { ...facts, forgotten: 'yes' }, bytes: undefined };
    const written = await rows.write(partitionOf(arn), [
      { kind: 'replace', key: HEAD, etag, content },
      { kind: 'delete', key: SUMMARY },
    ]);
    return written !== 'conflict';
  }

  /** What a process that died left in the listings: ended executions not settled, and places that nothing came to. */
  async function tidy(): Promise<void> {
    for await (const some of listings.unsettled())
      for (const { arn, place } of some) {
        const document = await writer.read(arn);
        if (document?.facts.place === place) {
          if (isSettled(document.facts)) await listings.settle(summaryIn(document.pages), document.facts);
        } else if (createdMillis(place) < Date.now() - HOUR_MS) await listings.drop(place);
      }
  }

  return async (endedBefore: EpochMs): Promise<number> => {
    await tidy();
    let count = 0;
    for await (const some of listings.endedBefore(endedBefore))
      for (const listed of some) if (await writer.inTurn(listed.arn, () => forget(listed, endedBefore))) count++;
    return count;
  };
}

/** No creation takes that long. */
const HOUR_MS = 3_600_000;
