import { CliFailure } from '../cli-failure.ts';
import { confirm } from '../confirm.ts';
import { joinedRollout } from './joined-rollout.ts';
import { serviceText } from './service-text.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { oneLine } from '../text/clean.ts';
import { lastVerdict } from '../watch/last-verdict.ts';
import { conclude } from '../watch/conclude.ts';
import { recordedOutcome, watchRollout } from '../watch/watch-rollout.ts';

export interface DeployStartArgs {
  readonly service: string;
  /** Tag or digest; the newest tag pushed when absent. */
  readonly reference?: string | undefined;
  /** Also when this release was taken back before. */
  readonly retry: boolean;
  readonly watch: boolean;
}

/** Starts a rollout, or joins the one that already does the same. */
export async function deployStart(
  { service, reference, retry, watch }: DeployStartArgs,
  session: Session,
): Promise<ExitCode> {
  const { out, client } = session;
  const started = await client.startDeployment(service, { ...(reference && { reference }), ...(retry && { retry }) });
  if (!watch || out.format === 'text') out.answer(started, () => oneLine(started.executionArn));
  const { executionArn } = started;
  if (watch) return watchRollout(service, executionArn, session);
  if (!started.started) return joinedRollout({ service, reference, executionArn }, session);
  out.hint(`To watch it: pointsman deploy watch ${service}`);
  return exitCodes.ok;
}

/** Weights, releases, instances, the judge's verdict, and what the rollout waits for and since when. */
export async function deployStatus(
  { service }: { readonly service?: string | undefined },
  session: Session,
): Promise<ExitCode> {
  const { io, out, client, settings } = session;
  const services = service === undefined ? (await client.services()).services : [await client.service(service)];
  if (services.length === 0) out.hint('No service yet. Push one: pointsman push FOLDER service:tag');
  const texts = await Promise.all(
    services.map(async (status) => {
      const verdict =
        out.format === 'text' && status.rollout ? await lastVerdict(status.rollout.executionArn, client) : undefined;
      return serviceText(
        status,
        verdict,
        { now: io.now(), utcOffsetMinutes: io.utcOffsetMinutes(io.now()) },
        out.paint,
        settings.verbose ? Number.POSITIVE_INFINITY : io.stdout.columns,
      );
    }),
  );
  if (services.length > 0 || out.format !== 'text')
    out.answer(service === undefined ? services : services[0], () => texts.join('\n\n'));
  return exitCodes.ok;
}

/** Follows the running rollout; when none runs, tells how the last one ended. */
export async function deployWatch(
  { service, noWaitApproval }: { readonly service: string; readonly noWaitApproval: boolean },
  session: Session,
): Promise<ExitCode> {
  const status = await session.client.service(service);
  if (status.rollout) return watchRollout(service, status.rollout.executionArn, session, { noWaitApproval });
  const executionArn = status.releases[0]?.execution;
  const outcome = executionArn === undefined ? undefined : recordedOutcome(status, executionArn);
  if (executionArn === undefined || outcome === undefined)
    throw new CliFailure(exitCodes.notFound, `${service} has had no rollout`, {
      try: [`pointsman deploy start ${service}`],
    });
  session.out.hint('No rollout runs; this is how the last one ended.');
  const subject = { executionArn, name: `rollout of ${service}`, reattach: `pointsman deploy watch ${service}` };
  return conclude({ kind: 'ended' }, subject, session, async () => outcome);
}

/** Tells the running rollout to go to the end at once, whatever the judge still wants to know. */
export async function deployPromote({ service }: { readonly service: string }, session: Session): Promise<ExitCode> {
  if (session.settings.reason === undefined)
    throw new CliFailure(exitCodes.usage, 'a promotion overrules the judge, so it needs a reason', {
      try: [`pointsman deploy promote ${service} --reason "…"`],
    });
  await confirm(`Promote the candidate of ${service} to all traffic now, without waiting for the judge.`, session);
  return give('promote', service, session.settings.reason, session);
}

/** Tells the running rollout to take its candidate back. Asks nothing: it only leads back to what served before. */
export async function deployAbort({ service }: { readonly service: string }, session: Session): Promise<ExitCode> {
  return give('abort', service, session.settings.reason ?? 'no reason given', session);
}

async function give(
  order: 'promote' | 'abort',
  service: string,
  reason: string,
  { io, out, client }: Session,
): Promise<ExitCode> {
  const given = await client.giveOrder(service, { order, by: personIn(io), reason });
  out.answer(given, () => `${oneLine(given.order)}  ${service}: the rollout was told`);
  out.hint(`It follows at its next step. To watch it: pointsman deploy watch ${service}`);
  return exitCodes.ok;
}

/** Who is at the keyboard, or whose job this is. */
export const personIn = ({ env, userName }: Pick<Session['io'], 'env' | 'userName'>): string =>
  env['POINTSMAN_USER'] ??
  env['GITHUB_ACTOR'] ??
  env['GITLAB_USER_LOGIN'] ??
  env['USER'] ??
  env['USERNAME'] ??
  userName() ??
  'unknown';
