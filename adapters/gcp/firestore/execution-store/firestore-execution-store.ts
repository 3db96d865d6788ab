import type { Firestore } from '@google-cloud/firestore';
import type { ExecutionStore } from '../../../../engine/runner/ports.ts';
import { type Documents, firestoreDocuments } from '../documents.ts';
import { firestoreCatalog } from './catalog.ts';
import { executionForgetter } from './forget.ts';
import { recentLayouts } from './layout.ts';
import { firestoreMachines } from './machines.ts';
import { executionReader } from './read-executions.ts';
import { executionWriter } from './write-execution.ts';

/** Executions whose layout is remembered, a few kilobytes each. */
const LAYOUTS = 500;

/**
 * Executions in Firestore, written by as many processes as there are. A commit is one commit of Firestore: the head with a
 * condition on when it was written last, and a page of history; entries too large for the head are documents of
 * their own. Firestore takes about one write a second to one document for long, and more in bursts, so that is what one
 * execution can commit; `pacedCommits` keeps to it. `now`, in milliseconds since 1970, orders listings and outboxes of
 * several processes as exactly as their clocks agree.
 */
export function firestoreExecutionStore(
  db: Firestore | Documents,
  { now = Date.now }: { readonly now?: () => number } = {},
): ExecutionStore {
  const documents = 'find' in db ? db : firestoreDocuments(db);
  const layouts = recentLayouts(LAYOUTS);
  let last = 0;
  const nextPlace = () => {
    last = Math.max(last + 1, now() * 1000);
    return last;
  };
  return {
    ...executionReader(documents, layouts),
    ...executionWriter({ documents, layouts, nextPlace }),
    ...firestoreMachines(documents),
    forget: executionForgetter(documents, layouts),
    catalog: firestoreCatalog(documents),
  };
}
