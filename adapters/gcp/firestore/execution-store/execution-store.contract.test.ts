import { FirestoreMock } from '@firebase-bridge/firestore-admin';
import { executionStoreContract } from '../../../../test/contracts/execution-store.ts';
import { meteredDocuments } from '../../../../test/hosts/gcp/metered-documents.ts';
import { firestoreDocuments } from '../documents.ts';
import { firestoreExecutionStore } from './firestore-execution-store.ts';

// The official client over an emulator in memory, made by others, with the limits of sizes that it does not have; see
// docs/hosts/gcp.md for what it shows and what not.
executionStoreContract('Firestore', async () => {
  const database = new FirestoreMock().createDatabase();
  const open = () => firestoreExecutionStore(meteredDocuments(firestoreDocuments(database.firestore())));
  return {
    store: open(),
    reopen: async () => open(),
    close: async () => database.delete(),
  };
});
