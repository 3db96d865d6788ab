import { gzipSync } from 'node:zlib';
import { Header, type HeaderData } from 'tar';
import { measureBytes } from '../../adapters/oci/digest.ts';
import { changeLayout, json } from '../../adapters/oci/image-layout.ts';
import type { Digest } from '../../functions/ports/release.ts';

/** An entry of a layer, with nothing checked. */
export interface TarEntry extends Pick<HeaderData, 'path' | 'type' | 'linkpath' | 'mode'> {
  readonly text?: string;
}

/** A tar of exactly these entries. */
function tarOf(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ text = '', ...entry }) => {
    const body = Buffer.from(text);
    const head = Buffer.alloc(512);
    new Header({ type: 'File', mode: 0o644, mtime: new Date(0), size: body.length, ...entry }).encode(head);
    return [head, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** Puts an image of these layers into a layout, gzipped unless the media type says tar, and gives its digest. */
export async function handMadeImage(
  layout: string,
  layers: readonly (readonly TarEntry[])[],
  changes: { readonly config?: object; readonly manifest?: object; readonly layerType?: string } = {},
): Promise<Digest> {
  const { layerType = 'application/vnd.oci.image.layer.v1.tar+gzip' } = changes;
  return changeLayout(layout, async (writer) => {
    const tars = layers.map(tarOf);
    const blobs = await Promise.all(
      tars.map((tar) => writer.addBytes(layerType.endsWith('tar') ? tar : gzipSync(tar))),
    );
    const config = await writer.addBytes(
      json({
        config: { Cmd: ['node', 'server.js'], WorkingDir: '/app' },
        rootfs: { type: 'layers', diff_ids: tars.map((tar) => measureBytes(tar).digest) },
        ...changes.config,
      }),
    );
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = {
      schemaVersion: 2,
      mediaType,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: blobs.map((blob) => ({ mediaType: layerType, ...blob })),
      ...changes.manifest,
    };
    const added = await writer.addBytes(json(manifest));
    await writer.tag('v1', { mediaType, ...added });
    return added.digest;
  });
}
