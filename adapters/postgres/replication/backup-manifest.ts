import { createHash } from 'node:crypto';

/** What a server wrote about a backup it sent. (PostgreSQL 18, 69.1) */
export interface BackupManifest {
  /** Decimal; undefined before PostgreSQL 17. It passes 2^53, where a JSON number would be rounded. */
  readonly systemIdentifier: string | undefined;
  /** By path in the data folder. */
  readonly files: ReadonlyMap<string, { readonly size: number; readonly sha256: string }>;
}

/** @throws Error saying what is wrong with it: changed, cut short, or with other checksums than SHA-256 */
export function readBackupManifest(text: string): BackupManifest {
  const mark = text.lastIndexOf('"Manifest-Checksum"');
  const found = /"Manifest-Checksum": "([0-9a-f]{64})"\}\s*$/.exec(mark < 0 ? '' : text.slice(mark))?.[1];
  if (found === undefined) throw new Error('the backup manifest is cut short: its own checksum is missing');
  if (createHash('sha256').update(text.slice(0, mark)).digest('hex') !== found)
    throw new Error('the backup manifest was changed: its own checksum differs');
  const { Files: files } = JSON.parse(text) as { readonly Files: readonly FileEntry[] };
  return {
    systemIdentifier: /"System-Identifier": (\d+)/.exec(text)?.[1],
    files: new Map(files.map((file) => [pathOf(file), { size: file.Size, sha256: sha256Of(file) }])),
  };
}

interface FileEntry {
  readonly Path?: string;
  /** Hex, of a path that is no UTF-8. */
  readonly 'Encoded-Path'?: string;
  readonly Size: number;
  readonly 'Checksum-Algorithm'?: string;
  readonly Checksum?: string;
}

const pathOf = (file: FileEntry): string => file.Path ?? Buffer.from(file['Encoded-Path'] ?? '', 'hex').toString();

function sha256Of(file: FileEntry): string {
  if (file['Checksum-Algorithm'] !== 'SHA256' || file.Checksum === undefined)
    throw new Error(
      `the backup manifest has ${file['Checksum-Algorithm'] ?? 'no checksum'} for ${pathOf(file)}, not SHA256`,
    );
  return file.Checksum;
}
