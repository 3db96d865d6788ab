import * as z from 'zod/mini';
import type { StoredMachine, StoredVersion } from '../runner/ports.ts';
import { ApiError, invalidRequest } from './api-error.ts';
import type { ApiParts } from './options.ts';
import { readPage } from './pages.ts';
import { isVersion, readMachineArn, readQualifiedArn } from './read-arn.ts';
import { fields, readFields } from './read-fields.ts';
import { mustExist } from './resolve-machine.ts';
import { epochSeconds } from './wire-values.ts';

const publication = z.object({
  stateMachineArn: fields.arn,
  revisionId: z.optional(z.string()),
  description: z.optional(fields.description),
});
const versionOnly = z.object({ stateMachineVersionArn: fields.longArn });
const listing = z.object({
  stateMachineArn: fields.arn,
  maxResults: z.optional(fields.maxResults),
  nextToken: z.optional(fields.nextToken),
});

/** Versions a machine may have. ("Service quotas") */
const MOST_VERSIONS = 1000;

/** Versions: revisions that were given a number. */
export function versionOperations({ store, clock, inTurn }: ApiParts) {
  const { versions, aliases } = store.catalog;
  return {
    /** Repeating it for one revision gives the same version. */
    PublishStateMachineVersion: (request: unknown) =>
      inTurn(async () => {
        const { stateMachineArn, revisionId, description } = readFields(publication, request);
        const machine = await mustExist(store, readMachineArn(stateMachineArn));
        const current = machine.updatedAt === undefined ? 'INITIAL' : machine.revisionId;
        if (revisionId !== undefined && revisionId !== current)
          throw new ApiError(
            'ConflictException',
            `Failed to publish the State Machine version for revision ${revisionId}. The current State Machine revision is ${current}.`,
          );
        const { arn, createdAt } = await publish({ store, clock }, machine, description);
        return { creationDate: epochSeconds(createdAt), stateMachineVersionArn: arn };
      }),

    /** Newest first. */
    ListStateMachineVersions: async (request: unknown) => {
      const { stateMachineArn, ...paging } = readFields(listing, request);
      const arn = readMachineArn(stateMachineArn);
      const { items, token } = await readPage(paging, clock, (page) => versions.list(arn, page));
      return { stateMachineVersions: items.map(listed), ...token };
    },

    /** Executions of the version go on to their end. A version that is not there is deleted already. */
    DeleteStateMachineVersion: (request: unknown) =>
      inTurn(async () => {
        const { stateMachineVersionArn: arn } = readFields(versionOnly, request);
        const { machineArn, qualifier } = readQualifiedArn(arn);
        if (!isVersion(qualifier))
          throw invalidRequest(`The ARN must be that of a state machine version. Received: ${arn}`);
        const { items } = await aliases.list(machineArn, { limit: 1000 });
        const users = items.filter(({ routes }) => routes.some(({ versionArn }) => versionArn === arn));
        if (users.length > 0)
          throw new ApiError(
            'ConflictException',
            `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${users.map(({ name }) => name).join(', ')}]`,
          );
        await versions.drop(arn);
        return {};
      }),
  };
}

/**
 * Gives the machine's revision the next number, or finds the version that has it.
 * @throws ApiError `ServiceQuotaExceededException`
 */
export async function publish(
  { store, clock }: Pick<ApiParts, 'store' | 'clock'>,
  machine: StoredMachine,
  description: string | undefined,
): Promise<StoredVersion> {
  const { versions } = store.catalog;
  const newest = (await versions.list(machine.arn, { limit: 1 })).items[0];
  if (newest?.revisionId === machine.revisionId) return newest;
  const number = (machine.lastVersion ?? 0) + 1;
  if (
    number > MOST_VERSIONS &&
    (await versions.list(machine.arn, { limit: MOST_VERSIONS })).items.length >= MOST_VERSIONS
  )
    throw new ApiError(
      'ServiceQuotaExceededException',
      `A state machine has at most ${MOST_VERSIONS} versions: delete one first`,
    );
  const { arn: machineArn, revisionId } = machine;
  const version = {
    arn: `${machineArn}:${number}`,
    machineArn,
    number,
    revisionId,
    description,
    createdAt: clock.now(),
  };
  // The number first: one that was given is not given again, whatever happens between the two writes.
  await store.putMachine({ ...machine, lastVersion: number });
  await versions.put(version);
  return version;
}

const listed = ({ arn, createdAt }: StoredVersion) => ({
  stateMachineVersionArn: arn,
  creationDate: epochSeconds(createdAt),
});
