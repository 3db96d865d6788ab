import {
  type Catalog,
  type CatalogItems,
  type CatalogKind,
  type Collection,
  placeOf,
} from '../../../../engine/runner/ports.ts';
import type { Documents, StoredDocument } from '../documents.ts';
import { pageToken, readPageToken } from '../../../../engine/runner/page-token.ts';
import { paths } from './paths.ts';
import { pageOf } from './read-executions.ts';

/** Versions, aliases, activities and tags, each as its JSON text in a document of its kind and ARN. */
export function firestoreCatalog(documents: Documents): Catalog {
  const collection = <Kind extends CatalogKind>(kind: Kind): Collection<CatalogItems[Kind]> => {
    // Only `put` writes the member, from a value of the type.
    const read = ({ fields }: StoredDocument): CatalogItems[Kind] => JSON.parse(String(fields['body']));
    return {
      async put(item) {
        const { owner, order } = placeOf[kind](item);
        const fields = { kind, owner, place: order, body: JSON.stringify(item) };
        await documents.write([{ kind: 'put', path: paths.item(kind, item.arn), fields }]);
      },
      async get(arn) {
        const [found] = await documents.get([paths.item(kind, arn)]);
        return found && read(found);
      },
      async drop(arn) {
        await documents.write([{ kind: 'delete', path: paths.item(kind, arn) }]);
      },
      async list(owner, { limit, from }) {
        const listing = `${kind} of ${owner}`;
        const after = String(readPageToken(listing, from, [''])[0]);
        const found = await documents.find(itemQuery(kind, owner, after, limit + 1));
        const { items, next } = pageOf(found, limit, ({ fields }) => pageToken(listing, [String(fields['place'])]));
        return { items: items.map(read), next };
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

const itemQuery = (kind: CatalogKind, owner: string, after: string, limit: number) => ({
  collection: 'items',
  equal: { kind, owner },
  order: { by: 'place', descending: false },
  range: { '>': after },
  limit,
});
