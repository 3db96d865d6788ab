import { join } from 'node:path';

/**
 * Where a router is controlled. It stays the same when the router is started anew.
 * `loopback`: `addressFile` (mode 0600) holds `{"port","token"}` of the router that runs now.
 */
export type RouterControl =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'loopback'; readonly addressFile: string };

/** The kernel takes 107 bytes of socket path; a little is left for the name of the draft. */
const longestSocketPath = 100;

/** The router's folder in a data folder. */
export const routerFolder = (dataFolder: string): string => join(dataFolder, 'router');

/** The control of the router of this data folder, whether it runs or not. `dataFolder` is absolute. */
export function routerControl(dataFolder: string): RouterControl {
  const path = join(routerFolder(dataFolder), 'control.sock');
  return Buffer.byteLength(path) <= longestSocketPath
    ? { kind: 'socket', path }
    : { kind: 'loopback', addressFile: join(routerFolder(dataFolder), 'control.json') };
}
