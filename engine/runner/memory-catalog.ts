import { type CatalogItems, type CatalogKind, placeOf } from './catalog.ts';
import { type Catalog, type Collection, InvalidPageToken } from './ports.ts';

/** A catalog in memory, with what drops everything that belongs to an owner. */
export function memoryCatalog(): { readonly catalog: Catalog; readonly dropOwned: (owner: string) => void } {
  const collections: ((owner: string) => void)[] = [];

  function collection<Kind extends CatalogKind>(kind: Kind): Collection<CatalogItems[Kind]> {
    const items = new Map<string, CatalogItems[Kind]>();
    const owned = (owner: string) => [...items.values()].filter((item) => placeOf[kind](item).owner === owner);
    collections.push((owner) => {
      for (const { arn } of owned(owner)) items.delete(arn);
    });
    return {
      put: async (item) => void items.set(item.arn, item),
      get: async (arn) => items.get(arn),
      drop: async (arn) => void items.delete(arn),
      list: async (owner, { limit, from }) => {
        const order = (item: CatalogItems[Kind]) => placeOf[kind](item).order;
        const after = readToken(`${kind} of ${owner}`, from);
        const rest = owned(owner)
          .filter((item) => order(item) > after)
          .sort((a, b) => (order(a) < order(b) ? -1 : 1));
        const last = rest.length > limit ? rest[limit - 1] : undefined;
        const next = last && makeToken(`${kind} of ${owner}`, order(last));
        return { items: rest.slice(0, limit), next };
      },
    };
  }

  return {
    catalog: {
      versions: collection('versions'),
      aliases: collection('aliases'),
      activities: collection('activities'),
      tags: collection('tags'),
    },
    dropOwned: (owner) => {
      for (const drop of collections) drop(owner);
    },
  };
}

const makeToken = (listing: string, after: string): string => Buffer.from(`${listing}\n${after}`).toString('base64url');

/** The text that a page goes on after; the first page starts before every item. */
function readToken(listing: string, token: string | undefined): string {
  if (token === undefined) return '';
  const [found, after] = Buffer.from(token, 'base64url').toString().split('\n');
  if (found !== listing || after === undefined) throw new InvalidPageToken(`${token} is no page of ${listing}`);
  return after;
}
