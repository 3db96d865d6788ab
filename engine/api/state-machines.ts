import * as z from 'zod/mini';
import type { MachineArn, StoredMachine } from '../runner/ports.ts';
import { ApiError } from './api-error.ts';
import { mustBeRunnable } from './definitions.ts';
import { mustBeOffered as mustHaveExpress } from './express.ts';
import { mustBeOffered, notOfferedFields } from './not-offered.ts';
import { oneByOne } from './one-by-one.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { readPage } from './pages.ts';
import { readMachineArn, readRoleArn } from './read-arn.ts';
import { fields, readFields } from './read-fields.ts';
import { readName } from './read-name.ts';
import { epochSeconds, machineFacts, newUuid, shownRevision } from './wire-values.ts';

const creation = z.object({
  name: fields.name,
  definition: fields.definition,
  roleArn: fields.arn,
  type: z._default(fields.type, 'STANDARD'),
  ...notOfferedFields,
});
const update = z.object({
  stateMachineArn: fields.arn,
  definition: z.optional(fields.definition),
  roleArn: z.optional(fields.arn),
  ...notOfferedFields,
});
const machineOnly = z.object({ stateMachineArn: fields.arn, includedData: z.optional(fields.includedData) });
const listing = z.object({ maxResults: z.optional(fields.maxResults), nextToken: z.optional(fields.nextToken) });

/** State machines: made, changed, removed, shown. */
export function stateMachineOperations(options: StepFunctionsApiOptions) {
  const { store, clock, ids, region, account } = options;
  // A look and a write belong together: two creations of one name must not both find it free.
  const inTurn = oneByOne();

  return {
    /** Repeating it gives the same machine; another definition or type under the name is refused. */
    CreateStateMachine: (request: unknown) =>
      inTurn(async () => {
        const asked = readFields(creation, request);
        const name = readName(asked.name);
        const roleArn = readRoleArn(asked.roleArn);
        mustBeRunnable(asked.definition, asked.type, options);
        mustBeOffered(asked);
        if (asked.type === 'EXPRESS') mustHaveExpress(options.express);
        const arn = `arn:aws:states:${region}:${account}:stateMachine:${name}`;
        const before = await store.machine(arn);
        if (before !== undefined && (before.definition !== asked.definition || before.type !== asked.type))
          throw new ApiError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
        const { type, definition } = asked;
        const machine = before ?? {
          arn,
          name,
          type,
          definition,
          roleArn,
          revisionId: newUuid(ids),
          createdAt: clock.now(),
        };
        if (before === undefined) await store.putMachine(machine);
        return { stateMachineArn: arn, creationDate: epochSeconds(machine.createdAt) };
      }),

    /** Running executions keep the revision they started with. What changes nothing makes no revision. */
    UpdateStateMachine: (request: unknown) =>
      inTurn(async () => {
        const asked = readFields(update, request);
        const before = await mustExist(store, readMachineArn(asked.stateMachineArn));
        const { definition = before.definition, loggingConfiguration, tracingConfiguration } = asked;
        const given = [asked.definition, asked.roleArn, loggingConfiguration, tracingConfiguration];
        if (given.every((member) => member === undefined))
          throw new ApiError(
            'MissingRequiredParameter',
            'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
          );
        const roleArn = asked.roleArn === undefined ? before.roleArn : readRoleArn(asked.roleArn);
        mustBeOffered(asked);
        mustBeRunnable(definition, before.type, options);
        const now = clock.now();
        const isSame = definition === before.definition && roleArn === before.roleArn;
        const machine = isSame ? before : { ...before, definition, roleArn, revisionId: newUuid(ids), updatedAt: now };
        if (!isSame) await store.putMachine(machine);
        return { updateDate: epochSeconds(now), ...shownRevision(machine) };
      }),

    /** Executions that run go on to their end. A machine that is not there is deleted already. */
    DeleteStateMachine: (request: unknown) =>
      inTurn(async () => {
        const { stateMachineArn } = readFields(machineOnly, request);
        await store.deleteMachine(readMachineArn(stateMachineArn));
        return {};
      }),

    DescribeStateMachine: async (request: unknown) => {
      const { stateMachineArn, includedData } = readFields(machineOnly, request);
      const machine = await mustExist(store, readMachineArn(stateMachineArn));
      return {
        ...machineFacts(machine),
        ...(includedData === 'METADATA_ONLY' ? { definition: '{}' } : {}),
        status: 'ACTIVE',
        type: machine.type,
        creationDate: epochSeconds(machine.createdAt),
      };
    },

    ListStateMachines: async (request: unknown) => {
      const { items, token } = await readPage(readFields(listing, request), (page) => store.machines(page));
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

/** The newest revision. @throws ApiError `StateMachineDoesNotExist` */
export async function mustExist(store: StepFunctionsApiOptions['store'], arn: MachineArn): Promise<StoredMachine> {
  const machine = await store.machine(arn);
  if (machine === undefined) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  return machine;
}
