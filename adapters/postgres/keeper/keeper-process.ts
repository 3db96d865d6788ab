/**
 * A site's keeper as a process of its own: `node keeper-process.ts <folder of the site>`, started by `ensureKeeper`. It
 * outlives the host. SIGTERM ends it; the server it keeps runs on.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from '../../shared/folder-lock.ts';
import { processIdentity } from '../../shared/process-identity.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { openKeeper } from './keeper.ts';
import { listenKeeper } from './listen-keeper.ts';
import { readSetup, siteFolders } from './site-setup.ts';

const [folder = ''] = process.argv.slice(2);
const own = siteFolders(folder).keeper;
const lock = lockFolder(own);
if (!lock) {
  console.error(`another keeper has ${own}`);
  process.exit(75);
}
const { keeperPort } = await readSetup(folder);
const keeper = await openKeeper(folder);
await listenKeeper(keeper, own, keeperPort);
const pidFile = join(own, 'keeper.json');
await writeWhole(pidFile, `${JSON.stringify(processIdentity(process.pid))}\n`, false);
console.log(`${new Date().toISOString()} keeper ${process.pid} keeps ${folder}`);

process.on('uncaughtException', (error) => console.error(`${new Date().toISOString()} unexpected:`, error));
process.once('SIGTERM', () => {
  keeper.close();
  void rm(pidFile, { force: true }).finally(() => process.exit(0));
});
