import { createHash } from 'node:crypto';
import type { ReleaseLedger, ReleaseRecord } from '../../../functions/ports/release-ledger.ts';
import type { Documents } from './documents.ts';

/** Release records in Firestore, one document for each execution, which is never written again. */
export function firestoreReleaseLedger(documents: Documents, { now = Date.now } = {}): ReleaseLedger {
  let last = 0;
  return {
    async record(entry) {
      last = Math.max(last + 1, now() * 1000);
      const path = `releases/${createHash('sha256').update(entry.execution).digest('hex').slice(0, 32)}`;
      const fields = { service: entry.service, place: last, body: JSON.stringify(entry) };
      await documents.write([{ kind: 'create', path, fields }]); // refused: it is there already, and stays
    },
    async list(service, limit) {
      const found = await documents.find(recordQuery(service, limit));
      return found.map(({ fields }): ReleaseRecord => JSON.parse(String(fields['body'])));
    },
  };
}

const recordQuery = (service: string, limit: number) => ({
  collection: 'releases',
  equal: { service },
  order: { by: 'place', descending: true },
  limit,
});
