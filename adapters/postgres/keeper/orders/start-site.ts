import { readFile } from 'node:fs/promises';
import { awaitAnswer } from '../../sql/await-answer.ts';
import { stillWorking, unreachable, type KeptSite } from '../kept-site.ts';

/** Starts the site in the role it had, and takes back what fenced it. */
export async function startSite(site: KeptSite): Promise<void> {
  if ((await site.control()) === undefined) throw unreachable(site, 'has no data to start with');
  const wasStopping = site.read().wanted === 'stopped';
  await site.note({ wanted: 'running', isolated: false, detached: false, fencedItself: null });
  await site.configure();
  if (site.server.pid() !== undefined && wasStopping && (await site.answer(1000)) === 'stopping') {
    // It waits for somebody to take the rest of its changes. Crash recovery loses none of them.
    site.server.signal('SIGQUIT');
    if (!(await site.server.ended(1500))) await site.server.kill();
  }
  await bringUp(site);
}

/** Starts the server when it does not run, and waits until it takes sessions. */
export async function bringUp(site: KeptSite): Promise<void> {
  const { server } = site;
  const ranBefore = server.pid() !== undefined;
  await server.start();
  if (await awaitAnswer(await site.address(), ranBefore ? 1500 : 3500, () => server.pid() === undefined)) return;
  if (server.pid() === undefined) throw unreachable(site, `does not start; its log ends with:\n${await tail(site)}`);
  if ((await site.answer(500)) === 'starting') throw stillWorking(site, 'is starting');
  throw unreachable(site, 'runs and does not answer');
}

async function tail({ folders }: KeptSite): Promise<string> {
  const log = await readFile(folders.log, 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-5).join('\n');
}
