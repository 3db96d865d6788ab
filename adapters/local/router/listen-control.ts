import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, ListenOptions } from 'node:net';
import { controlApi } from './control-api.ts';
import type { RouterControl } from './router-control.ts';
import type { Endpoints } from './endpoint/endpoints.ts';
import type { Router } from './router.ts';
import { writeWhole } from '../../shared/write-whole.ts';

/** Opens the control API where `control` says, for this user only. Call it with the folder locked. */
export async function listenControl(control: RouterControl, router: Router, endpoints: Endpoints): Promise<Server> {
  if (control.kind === 'socket') {
    await rm(control.path, { force: true }); // left behind by a router that was killed
    const before = process.umask(0o177); // the socket is made with mode 0600, not changed to it later
    try {
      return await listen(createServer(controlApi(router, endpoints, undefined)), { path: control.path });
    } finally {
      process.umask(before);
    }
  }
  const token = randomBytes(32).toString('base64url');
  const server = await listen(createServer(controlApi(router, endpoints, `Bearer ${token}`)), {
    host: '127.0.0.1',
    port: 0,
  });
  const { port } = server.address() as AddressInfo;
  await writeWhole(control.addressFile, `${JSON.stringify({ port, token })}\n`, false);
  return server;
}

const listen = (server: Server, options: ListenOptions): Promise<Server> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => resolve(server));
  });
