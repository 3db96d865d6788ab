import { StepFailure } from '../../step-failure.ts';
import type { GroupName } from './position.ts';
import type { EndpointState } from './write-endpoint.ts';

/**
 * The version after a change that is allowed, for every implementation of `WriteEndpoint`.
 * @throws StepFailure `Pointsman.LeaseLost`, `Pointsman.EndpointChanged`
 */
export function changedEndpoint(
  { group, version, epoch }: Pick<EndpointState, 'group' | 'version' | 'epoch'>,
  expectedVersion: number,
  newEpoch: number,
): { readonly version: number } {
  if (newEpoch < epoch)
    throw new StepFailure(
      'Pointsman.LeaseLost',
      `${group}: the endpoint follows epoch ${epoch}, and this is ${newEpoch}`,
    );
  if (expectedVersion !== version)
    throw new StepFailure(
      'Pointsman.EndpointChanged',
      `${group}: asked to change version ${expectedVersion} of the endpoint, which is at ${version}; observe it and decide again`,
    );
  return { version: version + 1 };
}

/** An endpoint before its first change. */
export const neverPointed = (group: GroupName): EndpointState => ({
  group,
  version: 0,
  epoch: 0,
  site: undefined,
  sessions: 'refused',
  connected: 0,
  waiting: 0,
  lastConnectedAt: undefined,
  failingSince: undefined,
});
