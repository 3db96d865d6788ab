import { resolve } from 'node:path';
import { CliFailure } from '../cli-failure.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { oneLine } from '../text/clean.ts';
import { watchRollout } from '../watch/watch-rollout.ts';
import { joinedRollout } from './joined-rollout.ts';

interface PushArgs {
  readonly folder: string;
  /** `service:tag` */
  readonly image: string;
  /** What the release runs; empty takes what the folder says. */
  readonly command: readonly string[];
  readonly watch: boolean;
}

/**
 * Packs a folder into the host's own registry, which makes the host roll it out.
 * @throws CliFailure `notFound` when no service releases such an image; it is stored all the same
 */
export async function push({ folder, image, command, watch }: PushArgs, session: Session): Promise<ExitCode> {
  const [service, tag, ...rest] = image.split(':');
  if (!service || !tag || rest.length > 0)
    throw new CliFailure(exitCodes.usage, `'${image}' is no service:tag`, {
      try: [`pointsman push ${folder} ${service || 'shop'}:v2`],
    });
  const absolute = resolve(session.io.cwd, folder);
  session.out.hint(`Packing ${absolute} as ${image}`);
  const pushed = await session.client.pushImage({ folder: absolute, image, ...(command.length > 0 && { command }) });
  const { digest, executionArn, started } = pushed;
  const released = pushed.service ?? service;
  const follow = watch && executionArn != null;
  // A stream for programs has one answer: with --watch that is the rollout's.
  if (!follow || session.out.format === 'text')
    session.out.answer(pushed, () =>
      [`${image}@${digest}`, ...(executionArn == null ? [] : [executionArn])].map(oneLine).join('\n'),
    );
  if (executionArn == null) throw await nobodyReleases(image, session);
  if (watch) return watchRollout(released, executionArn, session);
  if (!started) return joinedRollout({ service: released, reference: tag, executionArn }, session);
  session.out.hint(`Its rollout runs. To watch it: pointsman deploy watch ${released}`);
  return exitCodes.ok;
}

async function nobodyReleases(image: string, { client }: Session): Promise<CliFailure> {
  const names = (await client.services()).services.map(({ service }) => oneLine(service));
  return new CliFailure(exitCodes.notFound, `${image} is stored, and no service here releases it`, {
    try: [names.length === 0 ? 'add a service to pointsman.yaml' : `services here: ${names.join(', ')}`],
  });
}
