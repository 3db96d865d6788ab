import * as z from 'zod/mini';
import type { StoredMachine } from '../runner/ports.ts';
import { ApiError, invalidRequest } from './api-error.ts';
import { mustBeRunnable } from './definitions.ts';
import { mustBeOffered } from './express.ts';
import { mustHaveLogGroup, readSettings, settingsFields, settingsOf } from './machine-settings.ts';
import type { ApiParts } from './options.ts';
import { readPage } from './pages.ts';
import { readMachineArn, readQualifiedArn, readRoleArn } from './read-arn.ts';
import { fields, readFields } from './read-fields.ts';
import { readName } from './read-name.ts';
import { mustExist, resolveMachine } from './resolve-machine.ts';
import { putTags, tagList } from './tags.ts';
import { epochSeconds, machineData, machineFacts, newUuid, shownRevision } from './wire-values.ts';
import { publish } from './versions.ts';

const creation = z.object({
  name: fields.name,
  definition: fields.definition,
  roleArn: fields.arn,
  type: z._default(fields.type, 'STANDARD'),
  tags: z.optional(tagList),
  ...settingsFields,
});
const update = z.object({
  stateMachineArn: fields.arn,
  definition: z.optional(fields.definition),
  roleArn: z.optional(fields.arn),
  ...settingsFields,
});
const machineOnly = z.object({ stateMachineArn: fields.arn, includedData: z.optional(fields.includedData) });
const listing = z.object({ maxResults: z.optional(fields.maxResults), nextToken: z.optional(fields.nextToken) });

/** State machines: made, changed, removed, shown. */
export function stateMachineOperations(options: ApiParts) {
  const { store, clock, ids, region, account, inTurn } = options;

  /** The version that `publish` asks for, as the answer shows it. */
  async function published(asked: Pick<z.output<typeof creation>, 'publish' | 'versionDescription'>, arn: string) {
    if (asked.publish !== true) return {};
    const version = await publish({ store, clock }, await mustExist(store, arn), asked.versionDescription);
    return { stateMachineVersionArn: version.arn };
  }

  return {
    /** Repeating it gives the same machine; another definition, type, logging or tracing under the name is refused. */
    CreateStateMachine: (request: unknown) =>
      inTurn(async () => {
        const asked = readFields(creation, request);
        const name = readName(asked.name);
        const roleArn = readRoleArn(asked.roleArn);
        const settings = readSettings(asked);
        await mustHaveLogGroup(options.logs, settings.logging);
        const { type, definition } = asked;
        mustBeRunnable(definition, type, options);
        if (type === 'EXPRESS') mustBeOffered(options.express);
        const arn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
        const before = await store.machine(arn);
        if (before !== undefined && !isSame(before, { ...before, ...settings, definition, type }))
          throw new ApiError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
        const createdAt = before?.createdAt ?? clock.now();
        if (before === undefined) {
          await putTags(store.catalog.tags, arn, asked.tags ?? []);
          await store.putMachine({
            arn,
            name,
            type,
            definition,
            roleArn,
            revisionId: newUuid(ids),
            createdAt,
            ...settings,
          });
        }
        return { stateMachineArn: arn, creationDate: epochSeconds(createdAt), ...(await published(asked, arn)) };
      }),

    /** Running executions keep the revision they started with. What changes nothing makes no revision. */
    UpdateStateMachine: (request: unknown) =>
      inTurn(async () => {
        const asked = readFields(update, request);
        const before = await mustExist(store, readMachineArn(asked.stateMachineArn));
        const { definition = before.definition } = asked;
        const given = [
          asked.definition,
          asked.roleArn,
          asked.loggingConfiguration,
          asked.tracingConfiguration,
          asked.encryptionConfiguration,
        ];
        if (given.every((member) => member === undefined))
          throw new ApiError(
            'MissingRequiredParameter',
            'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
          );
        const roleArn = asked.roleArn === undefined ? before.roleArn : readRoleArn(asked.roleArn);
        const settings = readSettings(asked, before);
        if (asked.loggingConfiguration !== undefined) await mustHaveLogGroup(options.logs, settings.logging);
        const changed = { ...before, ...settings, definition, roleArn };
        mustBeRunnable(definition, before.type, options);
        const now = clock.now();
        const machine = isSame(before, changed) ? before : { ...changed, revisionId: newUuid(ids), updatedAt: now };
        if (machine !== before) await store.putMachine(machine);
        return { updateDate: epochSeconds(now), ...shownRevision(machine), ...(await published(asked, before.arn)) };
      }),

    /** Executions that run go on to their end. A machine that is not there is deleted already. */
    DeleteStateMachine: (request: unknown) =>
      inTurn(async () => {
        const { stateMachineArn } = readFields(machineOnly, request);
        await store.deleteMachine(readUnqualified(stateMachineArn));
        return {};
      }),

    /** A version's ARN gives the revision it stands for. */
    DescribeStateMachine: async (request: unknown) => {
      const { stateMachineArn, includedData } = readFields(machineOnly, request);
      const { machine, version } = await resolveMachine(store, ids, stateMachineArn);
      return {
        ...machineFacts(machine),
        stateMachineArn,
        ...machineData(machine, includedData),
        status: 'ACTIVE',
        type: machine.type,
        creationDate: epochSeconds((version ?? machine).createdAt),
        ...(version?.description === undefined ? {} : { description: version.description }),
      };
    },

    ListStateMachines: async (request: unknown) => {
      const { items, token } = await readPage(readFields(listing, request), clock, (page) => store.machines(page));
      const stateMachines = items.map(({ arn, name, type, createdAt }) => ({
        stateMachineArn: arn,
        name,
        type,
        creationDate: epochSeconds(createdAt),
      }));
      return { stateMachines, ...token };
    },
  };
}

/** Whether an update would change nothing. */
function isSame(before: StoredMachine, after: StoredMachine): boolean {
  const compared = (machine: StoredMachine) => {
    const { definition, type, roleArn } = machine;
    return JSON.stringify([definition, type, roleArn, settingsOf(machine)]);
  };
  return compared(before) === compared(after);
}

function readUnqualified(arn: string): string {
  const { machineArn, qualifier } = readQualifiedArn(arn);
  if (qualifier !== undefined)
    throw invalidRequest(`The ARN must be that of a state machine without a qualifier. Received: ${arn}`);
  return machineArn;
}
