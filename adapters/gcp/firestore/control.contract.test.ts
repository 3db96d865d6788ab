import { FirestoreMock } from '@firebase-bridge/firestore-admin';
import { leasesContract } from '../../../test/contracts/leases.ts';
import { releaseLedgerContract } from '../../../test/contracts/release-ledger.ts';
import { runOrdersContract } from '../../../test/contracts/run-orders.ts';
import { type Documents, firestoreDocuments } from './documents.ts';
import { firestoreLeases } from './leases.ts';
import { firestoreReleaseLedger } from './release-ledger.ts';
import { firestoreRunOrders } from './run-orders.ts';

/** The official client over an emulator in memory. */
const emptyDocuments = (): Documents => firestoreDocuments(new FirestoreMock().createDatabase().firestore());

leasesContract({
  name: 'Firestore',
  async setup(clock) {
    const documents = emptyDocuments();
    return { leases: firestoreLeases(documents, clock), reopen: async () => firestoreLeases(documents, clock) };
  },
});

releaseLedgerContract('Firestore', async () => firestoreReleaseLedger(emptyDocuments()));

runOrdersContract('Firestore', async () => firestoreRunOrders(emptyDocuments()));
