import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';
import { changedEndpoint, neverPointed } from '../../../functions/ports/recovery/changed-endpoint.ts';
import type { EndpointState, WriteEndpoint } from '../../../functions/ports/recovery/write-endpoint.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { Attributes, Table } from './table.ts';

/** Lets the address of a group's clients lead to a site. Safe to repeat. Absent: clients follow an address of their own. */
export type LeadClients = (group: GroupName, site: SiteName) => Promise<void>;

/**
 * Where a group's clients are to go, kept in DynamoDB, without a proxy that they pass through: what ends and keeps out their
 * sessions is the store itself, which RDS groups do by security groups. Counters of sessions are 0, for nobody sees any. The address
 * is led to a site when sessions are open to it; a change whose address could not be led yet is finished by whoever looks next.
 */
export function dynamoWriteEndpoint(table: Table, lead?: LeadClients): WriteEndpoint {
  const keyOf = (group: GroupName) => ({ pk: `endpoint#${group}`, sk: 'endpoint' });

  async function finished(group: GroupName, item: Attributes | undefined): Promise<EndpointState> {
    const state = stateOf(group, item);
    if (lead === undefined || item?.['isLed'] !== 0 || state.site === undefined || state.sessions !== 'open')
      return state;
    await lead(group, state.site).catch((thrown: unknown) => {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new StepFailure(
        'Pointsman.EndpointUnreachable',
        `${group}: its address could not be led to ${state.site}: ${why}`,
        { cause: thrown },
      );
    });
    await table.change(keyOf(group), (found) =>
      found?.['version'] === item['version'] ? { ...found, isLed: 1 } : undefined,
    );
    return state;
  }

  return {
    observe: async (group) => finished(group, await table.get(keyOf(group))),
    async change(group, expectedVersion, epoch, { site, sessions }) {
      await table.change(keyOf(group), (found) => {
        const before = stateOf(group, found);
        const isOurs = before.version === expectedVersion + 1 && before.epoch === epoch; // written, its answer was lost
        if (isOurs && before.site === site && before.sessions === sessions) return undefined;
        const { version } = changedEndpoint(before, expectedVersion, epoch);
        return { version, epoch, sessions, isLed: 0, ...(site !== undefined && { site }) };
      });
      return finished(group, await table.get(keyOf(group)));
    },
  };
}

function stateOf(group: GroupName, item: Attributes | undefined): EndpointState {
  if (item === undefined) return neverPointed(group);
  const { version, epoch, site, sessions } = item;
  return {
    ...neverPointed(group),
    version: Number(version),
    epoch: Number(epoch),
    site: site === undefined ? undefined : String(site),
    sessions: sessions as EndpointState['sessions'],
  };
}
