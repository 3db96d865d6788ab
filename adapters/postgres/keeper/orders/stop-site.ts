import type { SwitchoverToken } from '../../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { endOfCheckpoint } from '../../server/end-of-record.ts';
import type { ServerAnswer } from '../../sql/server-answer.ts';
import { stillWorking, unreachable, type KeptSite } from '../kept-site.ts';
import { notPrimary } from './freeze-site.ts';

/**
 * A fast shutdown: sessions are ended, standbys that are connected are sent everything including the shutdown itself, and
 * then the server ends. The token is read from what it left behind, so it is the same each time.
 */
export async function stopSite(site: KeptSite, epoch: number): Promise<SwitchoverToken> {
  const { server } = site;
  if (site.read().role.kind !== 'primary') throw notPrimary(site);
  if (server.pid() !== undefined) {
    const answer = await answerOf(site);
    if (answer === 'silent') throw unreachable(site, 'runs and does not answer');
    const noted = site.note({ wanted: 'stopped' }); // durable before it resolves: until then nobody builds on it
    if (answer !== 'stopping') server.signal('SIGINT');
    await noted;
    if (!(await server.ended(3500))) throw stillWorking(site, 'waits until its standbys were sent everything');
  }
  await site.note({ wanted: 'stopped' });
  return tokenOf(site, epoch);
}

/** Asked in a session that is open, where there is one; one that is not answered may be told why at the door. */
const answerOf = (site: KeptSite): Promise<ServerAnswer> =>
  site
    .sql(1000, (sql) => sql('SELECT'))
    .then(
      () => 'open',
      () => site.answer(1000),
    );

async function tokenOf(site: KeptSite, epoch: number): Promise<SwitchoverToken> {
  const { setup, folders } = site;
  const control = await site.control();
  if (control === undefined) throw unreachable(site, 'has no data');
  if (control.state !== 'shut down')
    throw new StepFailure(
      'Pointsman.UncleanStop',
      `${setup.group}/${setup.site} ended without a shutdown (its control file says: ${control.state}), so nothing proves where; this is a failover`,
    );
  const offset = String(await endOfCheckpoint(folders.data, control));
  const end = { branch: String(control.timeline), offset };
  return { lineage: control.systemId, site: setup.site, end, epoch, at: control.at };
}
