import { join, resolve } from 'node:path';
import type { ObjectStore } from '../engine/runner/object-store.ts';
import type { ObjectsSettings } from './configuration.ts';
import { folderObjectStore } from './local/object-store/object-store.ts';

/** What `objects` in the configuration says that distributed Maps read and write. AWS's SDK is loaded when it is asked for. */
export async function openObjects(settings: ObjectsSettings, dataFolder: string): Promise<ObjectStore> {
  if (settings.type === 'folder')
    return folderObjectStore(settings.folder === undefined ? join(dataFolder, 'objects') : resolve(settings.folder));
  const { s3ObjectStore } = await import('./aws/object-store.ts');
  return s3ObjectStore(settings);
}
