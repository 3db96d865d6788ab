import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file as a whole, mode 0600: a reader, also one after a crash, finds the old text or the new, never a part.
 * @param durable true when the new text must also outlive a power loss, which costs a disk flush
 */
export async function writeWhole(path: string, text: string, durable: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.draft`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  if (durable) await syncFolder(dirname(path)); // the rename itself is an entry of the folder
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
