import type { DatabaseSync } from 'node:sqlite';
import {
  type Catalog,
  type CatalogItems,
  type CatalogKind,
  type Collection,
  placeOf,
} from '../../../engine/runner/ports.ts';
import { pageToken, readPageToken } from '../../../engine/runner/page-token.ts';
import { pageOf } from './read-executions.ts';
import type { Row } from './rows.ts';

/** Runs work in the transaction of this turn; resolves once that is on disk. */
type Write = (work: () => void) => Promise<void>;

/** Versions, aliases, activities and tags, each as its JSON text under kind and ARN. */
export function sqliteCatalog(db: DatabaseSync, write: Write): Catalog {
  const put = db.prepare('INSERT OR REPLACE INTO item (kind, arn, owner, place, body) VALUES (?, ?, ?, ?, ?)');
  const get = db.prepare('SELECT body FROM item WHERE kind = ? AND arn = ?');
  const drop = db.prepare('DELETE FROM item WHERE kind = ? AND arn = ?');
  const list = db.prepare(
    'SELECT place, body FROM item WHERE kind = ? AND owner = ? AND place > ? ORDER BY place LIMIT ?',
  );

  const collection = <Kind extends CatalogKind>(kind: Kind): Collection<CatalogItems[Kind]> => {
    // Only `put` writes the column, from a value of the type.
    const read = (row: Row): CatalogItems[Kind] => JSON.parse(String(row.body));
    return {
      put: async (item) => {
        const { owner, order } = placeOf[kind](item);
        const body = JSON.stringify(item);
        return write(() => void put.run(kind, item.arn, owner, order, body));
      },
      get: async (arn) => {
        const row = get.get(kind, arn);
        return row && read(row);
      },
      drop: (arn) => write(() => void drop.run(kind, arn)),
      list: async (owner, { limit, from }) => {
        const listing = `${kind} of ${owner}`;
        const [after = ''] = readPageToken(listing, from, ['']);
        const rows = list.all(kind, owner, after, limit + 1);
        return pageOf(rows, limit, read, (last) => pageToken(listing, [String(last.place)]));
      },
    };
  };

  return {
    versions: collection('versions'),
    aliases: collection('aliases'),
    activities: collection('activities'),
    tags: collection('tags'),
  };
}
