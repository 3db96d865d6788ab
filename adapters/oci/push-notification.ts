import * as z from 'zod/mini';
import type { Digest } from '../../functions/ports/release.ts';
import { firstProblem } from './first-problem.ts';
import { digest, mediaTypes } from './image-format.ts';

/** Somebody pushed an image under a tag, says a registry. A hint: ask the registry what the tag points to now. */
export interface Push {
  readonly eventId: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Milliseconds since 1970, by the registry's clock. */
  readonly at: number;
}

type PushNotification =
  /** In the registry's order, which it does not promise to be that of the pushes. */
  | { readonly kind: 'pushes'; readonly pushes: readonly Push[] }
  /** `problem` says which field, what was wanted and what was found. */
  | { readonly kind: 'malformed'; readonly problem: string };

/** Content types of a notification, newest first. (CNCF distribution, "Work with notifications") */
export const notificationTypes = [
  'application/vnd.docker.distribution.events.v2+json',
  'application/vnd.docker.distribution.events.v1+json',
] as const;

const envelope = z.object({ events: z.array(z.looseObject({ action: z.string() })) });
const anyPush = z.object({ target: z.object({ mediaType: z.optional(z.string()), tag: z.nullish(z.string()) }) });
const imagePush = z.object({
  id: z.string(),
  timestamp: z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)), 'a date and time of RFC 3339')),
  target: z.object({ mediaType: z.string(), digest, repository: z.string(), tag: z.string() }),
});

const imageTypes: ReadonlySet<string> = new Set([...mediaTypes.manifests, ...mediaTypes.indexes]);

/**
 * The pushed images of a notification in CNCF distribution's format. Other events a registry sends to the same address
 * (pulls, blobs, manifests without a tag) are passed over, never refused: a registry repeats what is not accepted,
 * and keeps all that follows waiting.
 */
export function readPushNotification(body: unknown): PushNotification {
  const read = envelope.safeParse(body);
  if (!read.success) return { kind: 'malformed', problem: firstProblem(read.error, body) };
  const pushes: Push[] = [];
  for (const [at, event] of read.data.events.entries()) {
    if (event.action !== 'push') continue;
    const malformed = (error: z.core.$ZodError) =>
      ({ kind: 'malformed', problem: firstProblem(error, event, `events[${at}]`) }) as const;
    const any = anyPush.safeParse(event);
    if (!any.success) return malformed(any.error);
    const { mediaType = '', tag } = any.data.target;
    if (!imageTypes.has(mediaType) || !tag) continue;
    const image = imagePush.safeParse(event);
    if (!image.success) return malformed(image.error);
    const { id, timestamp, target } = image.data;
    pushes.push({ eventId: id, ...target, at: Date.parse(timestamp) });
  }
  return { kind: 'pushes', pushes };
}

/** Whose registry tells of a push. */
interface NotificationSource {
  /** Host and port of the registry, or another name for it. */
  readonly address: string;
  /** The same while the registry process lives. */
  readonly instance: string;
  /** Who pushed; default nobody named. */
  readonly actor?: string;
}

/** The notification CNCF distribution would send for this push of a manifest of `size` bytes; plain JSON. */
export function pushNotification(push: Push & { readonly size: number }, source: NotificationSource) {
  const { eventId, repository, tag, digest, mediaType, size, at } = push;
  return {
    events: [
      {
        id: eventId,
        timestamp: new Date(at).toISOString(),
        action: 'push',
        target: { mediaType, digest, size, length: size, repository, tag },
        actor: source.actor === undefined ? {} : { name: source.actor },
        source: { addr: source.address, instanceID: source.instance },
      },
    ],
  };
}
