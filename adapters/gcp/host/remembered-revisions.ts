import type { ExecutionStore, StoredMachine } from '../../../engine/runner/ports.ts';

const REVISIONS = 200;

/** The store, with revisions asked for by their id read once: what a running execution needs of one never changes. */
export function rememberedRevisions(store: ExecutionStore): ExecutionStore {
  const known = new Map<string, StoredMachine>();
  return {
    ...store,
    async machine(arn, revisionId) {
      if (revisionId === undefined) return store.machine(arn);
      const key = `${arn} ${revisionId}`;
      const found = known.get(key) ?? (await store.machine(arn, revisionId));
      if (found !== undefined) known.set(key, found);
      const oldest = known.size > REVISIONS ? known.keys().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      return found;
    },
  };
}
