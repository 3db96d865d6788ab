import { FirestoreMock } from '@firebase-bridge/firestore-admin';
import { executionStoreContract } from '../../../../test/contracts/execution-store.ts';
import { firestoreExecutionStore } from './firestore-execution-store.ts';

// The official client over an emulator in memory, made by others; see docs/hosts/gcp.md for what it shows and what not.
executionStoreContract('Firestore', async () => {
  const database = new FirestoreMock().createDatabase();
  return {
    store: firestoreExecutionStore(database.firestore()),
    reopen: async () => firestoreExecutionStore(database.firestore()),
    close: async () => database.delete(),
  };
});
