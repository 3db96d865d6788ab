import type { GroupName } from '../../functions/ports/recovery/position.ts';
import type { EndpointState, WriteEndpoint } from '../../functions/ports/recovery/write-endpoint.ts';
import { StepFailure } from '../../functions/step-failure.ts';

/** An endpoint that no session comes to. */
export function memoryWriteEndpoint(): WriteEndpoint {
  const states = new Map<GroupName, EndpointState>();
  const stateOf = (group: GroupName): EndpointState => states.get(group) ?? neverPointed(group);
  return {
    observe: async (group) => stateOf(group),
    async change(group, expectedVersion, epoch, { site, sessions }) {
      const before = stateOf(group);
      if (epoch < before.epoch)
        throw new StepFailure(
          'Pointsman.LeaseLost',
          `${group}: the endpoint follows epoch ${before.epoch}, not ${epoch}`,
        );
      if (expectedVersion !== before.version)
        throw new StepFailure(
          'Pointsman.EndpointChanged',
          `${group}: asked to change version ${expectedVersion} of the endpoint, which is at ${before.version}; observe it and decide again`,
        );
      const after = { ...before, version: before.version + 1, epoch, site, sessions };
      states.set(group, after);
      return after;
    },
  };
}

const neverPointed = (group: GroupName): EndpointState => ({
  group,
  version: 0,
  epoch: 0,
  site: undefined,
  sessions: 'refused',
  connected: 0,
  waiting: 0,
  lastConnectedAt: undefined,
});
