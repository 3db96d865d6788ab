import type { ReleaseLedger, ReleaseRecord } from '../../functions/ports/release-ledger.ts';

/** A ledger that lives as long as the object. The test double of `ReleaseLedger`. */
export function memoryReleaseLedger(): ReleaseLedger {
  const records: ReleaseRecord[] = [];

  return {
    async record(entry) {
      if (!records.some(({ execution }) => execution === entry.execution)) records.unshift(entry);
    },
    list: async (service, limit) => records.filter((record) => record.service === service).slice(0, limit),
  };
}
