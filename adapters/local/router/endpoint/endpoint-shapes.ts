import * as z from 'zod/mini';

const name = z.string().check(z.regex(/^[a-z0-9-]{1,60}$/));
const port = z.int().check(z.gte(1), z.lte(65_535));

/** How a group's address is opened: on which port, which sites it can point to, and what stands on it. */
export const listenerShape = z.object({
  /** 0 keeps what it has, or takes any. */
  port: z.int().check(z.gte(0), z.lte(65_535)),
  sites: z.record(name, z.object({ host: z.string(), port })),
  /** Services whose requests that may write are held together with the group's sessions. */
  services: z.array(name),
});
export type EndpointListener = z.output<typeof listenerShape>;

export const wantedShape = z.object({ site: z.optional(name), sessions: z.enum(['open', 'held', 'refused']) });

const counts = {
  connected: z.number(),
  waiting: z.number(),
  lastConnectedAt: z.optional(z.number()),
  failingSince: z.optional(z.number()),
};
const setting = z.extend(wantedShape, { group: z.string(), version: z.number(), epoch: z.number() });

/** An endpoint as it is stored. */
export const settingShape = z.object({ listener: listenerShape, setting });
export type StoredEndpoint = z.output<typeof settingShape>;

export const stateShape = z.extend(setting, counts);
