import { CliFailure } from './cli-failure.ts';
import { exitCodes } from './exit-codes.ts';
import { clean } from './text/clean.ts';
import type { Session } from './session.ts';

/**
 * Says what is about to happen and where (the host, unless `place` says otherwise), and asks. `--yes` answers for everybody.
 * @throws CliFailure `unconfirmed` when nobody can be asked or the answer is no
 */
export async function confirm(plan: string, { io, settings, out }: Session, place?: string): Promise<void> {
  out.hint(`${clean(plan)}\n  ${place ?? `at ${settings.endpoint} (${settings.origin})`}`);
  if (settings.yes) return;
  if (!settings.interactive)
    throw new CliFailure(exitCodes.unconfirmed, 'this needs a confirmation, and nobody can be asked here', {
      try: ['add --yes to the same command'],
    });
  const answer = await io.ask('Go on? [y/N] ');
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliFailure(exitCodes.unconfirmed, 'not confirmed, nothing was done');
}

/** True for a host on this machine: what happens there is not production. */
export const isLoopback = (endpoint: string): boolean =>
  /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(endpoint).hostname);
