import { createHash, randomUUID } from 'node:crypto';
import type { ReleaseLedger } from '../functions/ports/release-ledger.ts';
import type { Digest } from '../functions/ports/release.ts';

/** Records looked through for the release promoted last. */
const RECENT_RECORDS = 100;

/**
 * Names the execution of a rollout. The same release after the same promotion has the same name, so a doubled push finds the
 * rollout of the first; `retry` gives one that no other has.
 */
export async function rolloutName(
  ledger: Pick<ReleaseLedger, 'list'>,
  service: string,
  digest: Digest,
  retry: boolean,
): Promise<string> {
  const records = await ledger.list(service, RECENT_RECORDS);
  const promoted = records.find(({ outcome }) => outcome === 'promoted')?.execution ?? 'nothing';
  const since = createHash('sha256').update(promoted).digest('hex').slice(0, 8);
  const parts = [service, digest.slice('sha256:'.length).slice(0, 12), retry ? randomUUID().slice(0, 8) : since];
  return parts.join('-');
}
