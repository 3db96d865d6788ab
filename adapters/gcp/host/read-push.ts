import * as z from 'zod/mini';

/** An image that was pushed under a tag. */
export interface RegistryPush {
  /** The same for every delivery of the message. */
  readonly id: string;
  /** `us-docker.pkg.dev/project/repository/image` */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

const message = z.object({ messageId: z.string(), data: z.string() });
const wrapped = z.object({ message });
const notification = z.object({ action: z.string(), digest: z.optional(z.string()), tag: z.optional(z.string()) });

/**
 * What Artifact Registry tells the Pub/Sub topic `gcr` (guide, "Configuring Pub/Sub notifications"): `INSERT` with the image by
 * digest and by tag. undefined for what is no push under a tag: deletions, and pushes of which a second message has the tag.
 * @throws Error for data that is no such notification
 */
export function readRegistryPush(data: unknown): RegistryPush | undefined {
  const read = wrapped.safeParse(data);
  if (!read.success) throw new Error('the event has no Pub/Sub message in it');
  const { messageId, data: encoded } = read.data.message;
  const found = notification.safeParse(parsed(Buffer.from(encoded, 'base64').toString()));
  if (!found.success) throw new Error(`the message ${messageId} is no notification of Artifact Registry`);
  const { action, digest: byDigest = '', tag: byTag = '' } = found.data;
  const [, repository, digest] = /^([^@]+)@(sha256:[0-9a-f]{64})$/.exec(byDigest) ?? [];
  const tag = /:([\w][\w.-]{0,127})$/.exec(byTag)?.[1];
  if (action !== 'INSERT' || repository === undefined || digest === undefined || tag === undefined) return undefined;
  return { id: messageId, repository, tag, digest };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
