import { changedEndpoint, neverPointed } from '../../functions/ports/recovery/changed-endpoint.ts';
import type { GroupName } from '../../functions/ports/recovery/position.ts';
import type { EndpointState, WriteEndpoint } from '../../functions/ports/recovery/write-endpoint.ts';

/** An endpoint that no session comes to. */
export function memoryWriteEndpoint(): WriteEndpoint {
  const states = new Map<GroupName, EndpointState>();
  const stateOf = (group: GroupName): EndpointState => states.get(group) ?? neverPointed(group);
  return {
    observe: async (group) => stateOf(group),
    async change(group, expectedVersion, epoch, { site, sessions }) {
      const before = stateOf(group);
      const after = { ...before, ...changedEndpoint(before, expectedVersion, epoch), epoch, site, sessions };
      states.set(group, after);
      return after;
    },
  };
}
