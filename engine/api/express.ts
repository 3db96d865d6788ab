import * as z from 'zod/mini';
import type { Express } from '../runner/express.ts';
import type { ExecutionSummary } from '../runner/ports.ts';
import { ApiError, typeNotSupported } from './api-error.ts';
import type { ApiParts } from './options.ts';
import { fields, readFields } from './read-fields.ts';
import { readInput } from './read-json-text.ts';
import { readName } from './read-name.ts';
import { resolveMachine } from './resolve-machine.ts';
import { epochSeconds, newUuid } from './wire-values.ts';

const start = z.object({
  stateMachineArn: fields.arn,
  name: z.optional(fields.name),
  input: z._default(fields.data, '{}'),
  traceHeader: z.optional(fields.traceHeader),
  includedData: z._default(fields.includedData, 'ALL_DATA'),
});

/** Express executions that the caller waits for. */
export const expressOperations = ({ express, store, ids }: ApiParts) => ({
  StartSyncExecution: async (request: unknown) => {
    const asked = readFields(start, request);
    const name = asked.name === undefined ? newUuid(ids) : readName(asked.name);
    const input = readInput(asked.input);
    const { machine, version, alias } = await resolveMachine(store, ids, asked.stateMachineArn);
    if (machine.type !== 'EXPRESS') throw typeNotSupported();
    const by = { versionArn: version?.arn, aliasArn: alias?.arn };
    const summary = await mustBeOffered(express).run({ machine, ...by, name, input });
    const { traceHeader } = asked;
    return {
      ...described(summary, asked.includedData === 'ALL_DATA'),
      ...(traceHeader === undefined ? {} : { traceHeader }),
    };
  },
});

/** @throws ApiError when this host has no Express machines */
export function mustBeOffered(express: Express | undefined): Express {
  if (express !== undefined) return express;
  throw new ApiError(
    'StateMachineTypeNotSupported',
    "State Machine Type Not Supported: 'EXPRESS': this host runs STANDARD machines",
  );
}

/** AWS bills by started 100 ms and 64 MB; so does this, at no price. */
function described(summary: ExecutionSummary, hasData: boolean) {
  const { arn, machineArn, name, status, startedAt, stoppedAt = startedAt, input, output, error, cause } = summary;
  return {
    executionArn: arn,
    stateMachineArn: machineArn,
    name,
    startDate: epochSeconds(startedAt),
    stopDate: epochSeconds(stoppedAt),
    status,
    error,
    cause,
    ...(hasData ? { input, output } : {}),
    inputDetails: { included: hasData },
    outputDetails: { included: hasData },
    billingDetails: {
      billedMemoryUsedInMB: 64,
      billedDurationInMilliseconds: 100 * Math.ceil(Math.max(1, stoppedAt - startedAt) / 100),
    },
  };
}
