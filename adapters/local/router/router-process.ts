/**
 * The router's own process: `node router-process.ts <dataFolder> [<ForwardingOptions as JSON>]`, started by
 * `ensureRouter`. It outlives the host, so that traffic never notices a controller that dies. SIGTERM ends it politely.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ForwardingOptions } from './request-forwarder.ts';
import { openEndpoints } from './endpoint/endpoints.ts';
import { listenControl } from './listen-control.ts';
import { processIdentity } from '../../shared/process-identity.ts';
import { routerControl, routerFolder } from './router-control.ts';
import { lockFolder } from '../../shared/folder-lock.ts';
import { openRouter } from './router.ts';
import { writeWhole } from '../../shared/write-whole.ts';

/** Requests in flight get this long when the router is asked to end. */
const farewellMs = 10_000;

const [dataFolder = '', optionsText = '{}'] = process.argv.slice(2);
const folder = routerFolder(dataFolder);
await mkdir(folder, { recursive: true, mode: 0o700 });
const lock = lockFolder(folder);
if (!lock) {
  console.error(`another router serves ${folder}`);
  process.exit(75);
}

const router = await openRouter(folder, JSON.parse(optionsText) as ForwardingOptions).catch(giveUp);
const endpoints = await openEndpoints(folder, (service) => router.gate(service)).catch(giveUp);
const control = await listenControl(routerControl(dataFolder), router, endpoints);
const pidFile = join(folder, 'router.json');
await writeWhole(pidFile, `${JSON.stringify(processIdentity(process.pid))}\n`, false);
console.log(
  `${new Date().toISOString()} router ${process.pid} serves ${[...router.urls().keys(), ...endpoints.ports().keys()].join(', ') || 'nothing yet'}`,
);

// One connection's surprise must not end everybody's: no state of the data path outlives its request.
process.on('uncaughtException', (error) => console.error(`${new Date().toISOString()} unexpected:`, error));
process.once('SIGTERM', () => void end());

function giveUp(error: Error): never {
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  console.error(`${new Date().toISOString()} router ${process.pid} cannot start: ${error.message}${cause}`);
  process.exit(1);
}

async function end(): Promise<void> {
  setTimeout(() => process.exit(0), farewellMs).unref();
  control.close();
  await endpoints.close();
  await router.close();
  await rm(pidFile, { force: true });
  console.log(`${new Date().toISOString()} router ${process.pid} ended`);
  lock?.close();
  process.exit(0);
}
