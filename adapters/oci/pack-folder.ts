import type { Digest } from '../../functions/ports/release.ts';
import { StepFailure } from '../../functions/step-failure.ts';
import { folderFiles } from './folder-files.ts';
import { type Descriptor, mediaTypes } from './image-format.ts';
import { changeLayout, json } from './image-layout.ts';
import { isTag } from './image-name.ts';
import { machinePlatform } from './platform.ts';
import { startCommand } from './start-command.ts';
import { writeLayer } from './write-layer.ts';

interface PackOptions {
  /** Folder of the image layout to add to; made when missing. */
  readonly layout: string;
  readonly tag: string;
  /** Default: what the folder's package.json says. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Default `gzip`. The digest of a gzip layer may change with the zlib of another Node version. */
  readonly compression?: 'gzip' | 'none';
}

/** What was pushed. */
interface PackedImage {
  readonly tag: string;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Of the manifest, in bytes. */
  readonly size: number;
}

/**
 * Packs a folder into an OCI image of one layer and points a tag of a layout to it. The same files, command and tag
 * give the same digest. Safe against a crash at any point and against other pushes at the same time.
 * @throws StepFailure `Pointsman.BadInput` for a folder that cannot be packed or says no command, or a bad tag
 */
export async function packFolder(folder: string, options: PackOptions): Promise<PackedImage> {
  const { layout, tag, env = {}, labels = {}, compression = 'gzip' } = options;
  if (!isTag(tag))
    throw new StepFailure(
      'Pointsman.BadInput',
      `tag: found ${JSON.stringify(tag)}; wanted at most 128 letters, digits, _ . -, not beginning with . or -`,
    );
  const paths = await folderFiles(folder);
  const command = await startCommand(folder, options.command);

  return changeLayout(layout, async (writer) => {
    let diffId: Digest | undefined;
    const layer = await writer.addFile(async (file) => {
      diffId = await writeLayer({ folder, paths, under: 'app', compression }, file);
    });
    const config = await writer.addBytes(
      json({
        created: '1970-01-01T00:00:00Z',
        ...machinePlatform(),
        config: {
          Cmd: command,
          WorkingDir: '/app',
          Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
          Labels: { ...labels, 'org.opencontainers.image.version': tag },
        },
        rootfs: { type: 'layers', diff_ids: [diffId] },
      }),
    );
    const [mediaType] = mediaTypes.manifests;
    const manifest = await writer.addBytes(
      json({
        schemaVersion: 2,
        mediaType,
        config: { mediaType: mediaTypes.config, ...config },
        layers: [{ mediaType: compression === 'gzip' ? mediaTypes.gzipLayer : mediaTypes.tarLayer, ...layer }],
      }),
    );
    const image: Descriptor = { mediaType, ...manifest };
    await writer.tag(tag, image);
    return { tag, ...image };
  });
}
