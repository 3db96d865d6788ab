import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { EndpointState, WriteEndpoint } from '../../../../functions/ports/recovery/write-endpoint.ts';
import { changedEndpoint, neverPointed } from '../../../../functions/ports/recovery/changed-endpoint.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { inTurn } from '../../../shared/in-turn.ts';
import { writeWhole } from '../../../shared/write-whole.ts';
import type { WriteGate } from '../write-gate.ts';
import { type EndpointListener, settingShape, type StoredEndpoint } from './endpoint-shapes.ts';
import { openEndpointSwitch, type EndpointSwitch } from './endpoint-switch.ts';

/** The endpoints inside the router's process. */
export interface Endpoints extends WriteEndpoint {
  /**
   * Opens a group's address, or changes what it can point to. Safe to repeat.
   * @returns the port
   * @throws StepFailure `Pointsman.PortTaken`
   */
  publish(group: string, listener: EndpointListener): Promise<number>;
  /** Takes a group's address away. Safe to repeat. */
  forget(group: string): Promise<void>;
  /** Ports by group. */
  ports(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

interface Endpoint {
  readonly listener: EndpointListener;
  readonly setting: StoredEndpoint['setting'];
  readonly switch: EndpointSwitch;
}

/** Requests that may write get this long to end before the group's sessions do. */
const drainMs = 2_000;

/**
 * Serves again what `endpoints.json` of the folder says was served before, on the same ports where they are free.
 * @param gateOf the gate of a service; undefined for one that is not served here
 */
export async function openEndpoints(
  folder: string,
  gateOf: (service: string) => WriteGate | undefined,
): Promise<Endpoints> {
  const path = join(folder, 'endpoints.json');
  const endpoints = new Map<string, Endpoint>();
  const changes = inTurn();
  const hold = ({ services }: EndpointListener, ms: number) =>
    Promise.all(services.flatMap((service) => gateOf(service)?.hold(ms) ?? []));
  const release = ({ services }: EndpointListener) => services.forEach((service) => gateOf(service)?.open());
  for (const { listener, setting } of await stored(path)) {
    const opened = await openEndpointSwitch(listener.port).catch(() => openEndpointSwitch(0));
    endpoints.set(setting.group, { listener, setting, switch: opened });
    opened.turn(addressOf(listener, setting.site), setting.sessions);
    if (setting.sessions !== 'open') await hold(listener, 0);
  }

  const save = (changed: ReadonlyMap<string, Endpoint> = endpoints): Promise<void> => {
    const entries = Array.from(changed.values(), ({ listener, setting, switch: { port } }) => ({
      listener: { ...listener, port },
      setting,
    }));
    return writeWhole(path, `${JSON.stringify({ format: 1, endpoints: entries })}\n`, true);
  };

  return {
    observe: async (group) => stateOf(group, endpoints.get(group)),

    change: (group, expectedVersion, epoch, wanted) =>
      changes(async () => {
        const before = endpoints.get(group);
        if (before === undefined) throw unknownGroup(group, endpoints);
        const { listener } = before;
        if (wanted.site !== undefined && listener.sites[wanted.site] === undefined)
          throw new StepFailure(
            'Pointsman.NoSuchSite',
            `${group}: asked to point the endpoint to ${wanted.site}; it knows ${Object.keys(listener.sites).join(', ')}`,
          );
        const { version } = changedEndpoint(before.setting, expectedVersion, epoch);
        const setting = { group, version, epoch, sessions: wanted.sessions, site: wanted.site };
        const after = { ...before, setting };
        // The requests first: they end well while the store still takes what they write.
        if (wanted.sessions !== 'open') await hold(listener, drainMs);
        // Stored before it is served, so that what was seen is never lost; and shown only when sessions meet it.
        await save(new Map(endpoints).set(group, after));
        endpoints.set(group, after);
        before.switch.turn(addressOf(listener, setting.site), setting.sessions);
        if (wanted.sessions === 'open') release(listener);
        return stateOf(group, after);
      }),

    publish: (group, listener) =>
      changes(async () => {
        const known = endpoints.get(group);
        const isNewPort = known !== undefined && listener.port !== 0 && listener.port !== known.switch.port;
        const opened = known && !isNewPort ? known.switch : await openAt(group, listener.port);
        if (isNewPort) await known.switch.close();
        const setting = known?.setting ?? {
          group,
          version: 0,
          epoch: 0,
          sessions: 'refused' as const,
          site: undefined,
        };
        endpoints.set(group, { listener, setting, switch: opened });
        opened.turn(addressOf(listener, setting.site), setting.sessions);
        await save();
        return opened.port;
      }),

    forget: (group) =>
      changes(async () => {
        const known = endpoints.get(group);
        if (known === undefined) return;
        endpoints.delete(group);
        await save();
        release(known.listener);
        await known.switch.close();
      }),

    ports: () =>
      new Map(
        Array.from(
          endpoints,
          ([
            group,
            {
              switch: { port },
            },
          ]) => [group, port],
        ),
      ),
    close: async () => void (await Promise.all(Array.from(endpoints.values(), (each) => each.switch.close()))),
  };
}

const addressOf = ({ sites }: EndpointListener, site: string | undefined) =>
  site === undefined ? undefined : sites[site];

function stateOf(group: string, endpoint: Endpoint | undefined): EndpointState {
  if (endpoint === undefined) return neverPointed(group);
  const { setting, switch: turned } = endpoint;
  return {
    ...setting,
    site: setting.site,
    connected: turned.connected(),
    waiting: turned.waiting(),
    lastConnectedAt: turned.lastConnectedAt(),
    failingSince: turned.failingSince(),
  };
}

async function openAt(group: string, port: number): Promise<EndpointSwitch> {
  try {
    return await openEndpointSwitch(port);
  } catch (error) {
    const message = `${group}: asked for port ${port} as the group's address, which is taken; free it or choose another, or 0 for any`;
    throw new StepFailure('Pointsman.PortTaken', message, { cause: error });
  }
}

const unknownGroup = (group: string, endpoints: ReadonlyMap<string, unknown>) =>
  new StepFailure(
    'Pointsman.NoSuchGroup',
    `${group}: it has no address here; ${[...endpoints.keys()].join(', ') || 'no group'} has`,
  );

const fileShape = z.object({ format: z.literal(1), endpoints: z.array(settingShape) });

async function stored(path: string): Promise<readonly StoredEndpoint[]> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  try {
    return fileShape.parse(JSON.parse(text)).endpoints;
  } catch (error) {
    throw new Error(`${path} is no file of endpoints; put it right, or move it away to start without endpoints`, {
      cause: error,
    });
  }
}
