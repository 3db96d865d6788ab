import * as z from 'zod/mini';
import type { EndpointState, WriteEndpoint } from '../../../../functions/ports/recovery/write-endpoint.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { callRouter } from '../call-router.ts';
import type { RouterControl } from '../router-control.ts';
import { type EndpointListener, stateShape } from './endpoint-shapes.ts';

/** The endpoints of this machine's router process, over its control API. It may be started anew between two calls. */
export function localWriteEndpoint(control: RouterControl): WriteEndpoint {
  return {
    observe: async (group) => readState(await call({ method: 'GET', path: path(group, 'state') })),
    change: async (group, expectedVersion, epoch, wanted) => {
      const body = { expectedVersion, epoch, wanted };
      return readState(await call({ method: 'PUT', path: path(group, 'state'), body }));
    },
  };

  async function call(wanted: Parameters<typeof callRouter>[1]): Promise<unknown> {
    try {
      return await callRouter(control, wanted);
    } catch (thrown) {
      if (!(thrown instanceof StepFailure) || thrown.name !== 'Pointsman.RouterUnreachable') throw thrown;
      throw new StepFailure('Pointsman.EndpointUnreachable', thrown.message, { cause: thrown });
    }
  }
}

/**
 * Opens a group's address on 127.0.0.1, or changes what it can point to. Safe to repeat.
 * @returns the port
 * @throws StepFailure `Pointsman.PortTaken`, `Pointsman.RouterUnreachable`
 */
export async function publishEndpoint(
  control: RouterControl,
  group: string,
  listener: EndpointListener,
): Promise<number> {
  const answer = await callRouter(control, { method: 'PUT', path: path(group, 'listener'), body: listener });
  return z.object({ port: z.number() }).parse(answer).port;
}

/** Ports of all published endpoints, by group. @throws StepFailure `Pointsman.RouterUnreachable` */
export async function endpointPorts(control: RouterControl): Promise<ReadonlyMap<string, number>> {
  const answer = await callRouter(control, { method: 'GET', path: '/endpoints' });
  return new Map(Object.entries(z.object({ ports: z.record(z.string(), z.number()) }).parse(answer).ports));
}

/** Takes a group's address away. Safe to repeat. @throws StepFailure `Pointsman.RouterUnreachable` */
export async function forgetEndpoint(control: RouterControl, group: string): Promise<void> {
  await callRouter(control, { method: 'DELETE', path: path(group, 'state') });
}

const path = (group: string, part: string) => `/endpoints/${encodeURIComponent(group)}/${part}`;

function readState(raw: unknown): EndpointState {
  const { site, lastConnectedAt, failingSince, ...state } = stateShape.parse(raw);
  return { ...state, site, lastConnectedAt, failingSince };
}
