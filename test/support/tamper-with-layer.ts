import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobPath } from '../../adapters/oci/image-layout.ts';
import { layoutFolder } from '../../adapters/oci/image-name.ts';
import { openImage } from '../../adapters/oci/open-image.ts';

/** Changes a byte of what an image in a host's registry is made of, and gives the digest that is wrong from now on. */
export async function tamperWithLayer(dataFolder: string, repository: string, digest: string): Promise<string> {
  const layout = layoutFolder(join(dataFolder, 'registry'), repository);
  const [layer] = (await openImage(layout, digest)).layers;
  if (layer === undefined) throw new Error(`${digest} has no layer`);
  await appendFile(blobPath(layout, layer.digest), '.');
  return layer.digest;
}
