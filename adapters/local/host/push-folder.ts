import { randomUUID } from 'node:crypto';
import { layoutFolder, readImageName } from '../../oci/image-name.ts';
import { packFolder } from '../../oci/pack-folder.ts';
import { notificationTypes, pushNotification } from '../../oci/push-notification.ts';
import type { PushAnswer } from './registry-webhook.ts';

interface PushFolderOptions {
  readonly registryFolder: string;
  /** The host's own webhook: the path that every registry's events take. */
  readonly notify: (request: Request) => Promise<Response>;
  readonly now: () => number;
}

/** Packs a folder into the embedded registry under `repository:tag`, which then says so as any registry would. */
export function createPushFolder({ registryFolder, notify, now }: PushFolderOptions) {
  const instance = randomUUID();
  return async ({ folder, image, command }: { folder: string; image: string; command?: string[] | undefined }) => {
    const { repository, tag } = readImageName(image);
    const layout = layoutFolder(registryFolder, repository);
    const packed = await packFolder(folder, { layout, tag, ...(command && { command }) });
    const event = pushNotification(
      { eventId: randomUUID(), repository, ...packed, at: now() },
      { address: 'embedded', instance, actor: 'pointsman push' },
    );
    const answer = await notify(
      new Request('http://embedded/webhooks/registry', {
        method: 'POST',
        headers: { 'content-type': notificationTypes[0] },
        body: JSON.stringify(event),
      }),
    );
    if (!answer.ok)
      throw new Error(`the push of ${image} was stored, and its event was refused: ${await answer.text()}`);
    const { started: rollouts } = (await answer.json()) as PushAnswer;
    const { service = null, executionArn = null, started = false } = rollouts[0] ?? {};
    return { image, digest: packed.digest, service, executionArn, started };
  };
}
