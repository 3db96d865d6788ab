import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How a release of the example shop is otherwise than good; see examples/shop/server.mjs. */
export interface ShopBehaviour {
  readonly errorRate?: number;
  readonly latencyMs?: number;
  readonly readyAfterMs?: number;
  readonly crash?: boolean;
}

const shop = join(import.meta.dirname, '..', '..', 'examples', 'shop');

/** Writes a release of the shop under `parent` and gives its folder. It answers with `version`. */
export async function shopRelease(parent: string, version: string, behaviour: ShopBehaviour = {}): Promise<string> {
  const folder = await mkdtemp(join(parent, 'release-'));
  await cp(shop, folder, { recursive: true });
  const release = { version, errorRate: 0, latencyMs: 1, ...behaviour };
  await writeFile(join(folder, 'release.json'), JSON.stringify(release));
  return folder;
}
