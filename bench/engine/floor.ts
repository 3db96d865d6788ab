import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Commit } from '../../engine/runner/ports.ts';
import type { Contender } from './engine.ts';

/**
 * The least that could be written: the rows of the engine's own commits, byte for byte, encoded before the clock starts, in the same
 * transactions of one flush for all that is ready in a turn of the event loop. No interpreter, no checks, no reads.
 */
export function floor(commits: readonly Commit[], folder: string): Contender {
  const db = new DatabaseSync(join(folder, 'floor.db'));
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
    CREATE TABLE event (execution INTEGER, id INTEGER, body TEXT, PRIMARY KEY (execution, id)) WITHOUT ROWID;
    CREATE TABLE piece (execution INTEGER, id TEXT, body TEXT, PRIMARY KEY (execution, id)) WITHOUT ROWID`);
  const addEvent = db.prepare('INSERT INTO event VALUES (?, ?, ?)');
  const put = db.prepare('INSERT INTO piece VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body');
  const drop = db.prepare('DELETE FROM piece WHERE execution = ? AND id = ?');
  const encoded = commits.map(({ summary, head, history, frames, opened, closed }) => ({
    events: history.map((event) => [event.id, JSON.stringify(event)] as const),
    pieces: [
      ...(summary === undefined ? [] : [['summary', JSON.stringify(summary)] as const]),
      ['head', JSON.stringify(head)] as const,
      ...Object.entries(frames).flatMap(([id, frame]) =>
        frame === null ? [] : [[id, JSON.stringify(frame)] as const],
      ),
      ...opened.map((effect) => [effect.id, JSON.stringify(effect)] as const),
    ],
    gone: [...closed, ...Object.entries(frames).flatMap(([id, frame]) => (frame === null ? [id] : []))],
  }));

  let waiting: { readonly work: () => void; readonly done: () => void }[] = [];
  function flush(): void {
    const group = waiting;
    waiting = [];
    db.exec('BEGIN IMMEDIATE');
    for (const { work } of group) work();
    db.exec('COMMIT');
    for (const { done } of group) done();
  }
  const written = (work: () => void) =>
    new Promise<void>((done) => void (waiting.push({ work, done }) === 1 && setImmediate(flush)));

  let last = 0;
  return {
    name: 'floor, SQLite',
    async run() {
      const execution = ++last;
      for (const { events, pieces, gone } of encoded)
        await written(() => {
          for (const [id, body] of events) addEvent.run(execution, id, body);
          for (const id of gone) drop.run(execution, id);
          for (const [id, body] of pieces) put.run(execution, id, body);
        });
    },
    close: () => db.close(),
  };
}
