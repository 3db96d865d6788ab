import { resolve } from 'node:path';
import { CliFailure } from '../cli-failure.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { oneLine } from '../text/clean.ts';
import { watchRollout } from '../watch/watch-rollout.ts';

export interface PushArgs {
  readonly folder: string;
  /** `service:tag` */
  readonly image: string;
  /** What the release runs; empty takes what the folder says. */
  readonly command: readonly string[];
  readonly watch: boolean;
}

/** Packs a folder into the host's own registry, which makes the host roll it out. */
export async function push({ folder, image, command, watch }: PushArgs, session: Session): Promise<ExitCode> {
  const [service, tag, ...rest] = image.split(':');
  if (!service || !tag || rest.length > 0)
    throw new CliFailure(exitCodes.usage, `'${image}' is no service:tag`, {
      try: [`pointsman push ${folder} ${service || 'shop'}:v2`],
    });
  const absolute = resolve(session.io.cwd, folder);
  session.out.hint(`Packing ${absolute} as ${image}`);
  const pushed = await session.client.pushImage({ folder: absolute, image, ...(command.length > 0 && { command }) });
  const { digest, executionArn } = pushed;
  const follow = watch && executionArn != null;
  // A stream for programs has one answer: with --watch that is the rollout's.
  if (!follow || session.out.format === 'text')
    session.out.answer(pushed, () =>
      [`${image}@${digest}`, ...(executionArn == null ? [] : [executionArn])].map(oneLine).join('\n'),
    );
  if (executionArn == null) session.out.hint('No rollout started: nobody releases this image.');
  else if (!pushed.started)
    session.out.hint(
      `This very release had its rollout already. To try it again: pointsman deploy start ${service} --reference ${tag} --retry`,
    );
  else if (!watch) session.out.hint(`Its rollout runs. To watch it: pointsman deploy watch ${service}`);
  return follow ? watchRollout(service, executionArn, session) : exitCodes.ok;
}
