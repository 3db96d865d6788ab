import type { ExecutionStore } from '../../../engine/runner/ports.ts';

export interface StoreCounts {
  reads: number;
  writes: number;
}

const WRITES: ReadonlySet<string | symbol> = new Set(['create', 'commit']);
const READS: ReadonlySet<string | symbol> = new Set(['load', 'effect', 'summary', 'mapRun', 'list', 'history']);

/**
 * The store, with its calls counted; on Azure Tables a call that reads an execution is a request, and a commit a transaction. A
 * revision of a machine is read once in a process and not counted.
 */
export function countedStore(store: ExecutionStore, counts: StoreCounts): ExecutionStore {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (WRITES.has(name)) counts.writes++;
        if (READS.has(name)) counts.reads++;
        return Reflect.apply(member, target, args);
      };
    },
  });
}
