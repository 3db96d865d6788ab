import * as z from 'zod/mini';
import { isObject } from '../data/json.ts';
import { splitLabel, storedMachineAt } from '../runner/map-run/item-processors.ts';
import type { ExecutionStatus, ExecutionSummary, MapRun } from '../runner/ports.ts';
import { ApiError } from './api-error.ts';
import { mustBeOffered, notForThisType } from './express.ts';
import { mustHaveMapRun } from './find-map-run.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { readPage } from './pages.ts';
import { readExecutionArn, readMachineArn } from './read-arn.ts';
import { fields, readFields, text } from './read-fields.ts';
import { readInput } from './read-json-text.ts';
import { readName } from './read-name.ts';
import { mustExist } from './state-machines.ts';
import { epochSeconds, machineFacts, newUuid } from './wire-values.ts';

const start = z.object({
  stateMachineArn: fields.arn,
  name: z.optional(fields.name),
  input: z._default(z.string(), '{}'),
});
const execution = z.object({ executionArn: fields.arn, includedData: z._default(fields.includedData, 'ALL_DATA') });
const stop = z.object({ executionArn: fields.arn, error: z.optional(fields.error), cause: z.optional(fields.cause) });
const listing = z.object({
  stateMachineArn: z.optional(fields.arn),
  mapRunArn: z.optional(z.string()),
  statusFilter: z.optional(z.enum(['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'])),
  redriveFilter: z.optional(z.enum(['REDRIVEN', 'NOT_REDRIVEN'])),
  maxResults: z.optional(fields.maxResults),
  nextToken: z.optional(text(1, 3096)),
});

/** Executions: started, stopped, shown. */
export function executionOperations({ runner, express, store, ids }: StepFunctionsApiOptions) {
  return {
    /** While the execution runs, repeating it with the same input gives the same execution. */
    StartExecution: async (request: unknown) => {
      const asked = readFields(start, request);
      const name = asked.name === undefined ? newUuid(ids) : readName(asked.name);
      const arn = readMachineArn(asked.stateMachineArn);
      const input = readInput(asked.input);
      const machine = await mustExist(store, arn);
      const starter = machine.type === 'EXPRESS' ? mustBeOffered(express) : runner;
      const { kind, execution: found } = await starter.start({ machine, name, input });
      if (kind === 'exists' && (found.status !== 'RUNNING' || found.input !== input))
        throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${found.arn}'`);
      return { executionArn: found.arn, startDate: epochSeconds(found.startedAt) };
    },

    DescribeExecution: async (request: unknown) => {
      const { executionArn, includedData } = readFields(execution, request);
      return describe(await mustHaveRun(store, executionArn), includedData === 'ALL_DATA');
    },

    /** The machine as the execution runs it, which may be an older revision or deleted since. */
    DescribeStateMachineForExecution: async (request: unknown) => {
      const { executionArn, includedData } = readFields(execution, request);
      const { machineArn, revisionId, mapRunArn, arn } = await mustHaveRun(store, executionArn);
      const machine = await storedMachineAt(store, machineArn, revisionId);
      if (machine === undefined)
        throw new Error(`${arn} runs revision ${revisionId} of its machine, which the store does not have`);
      return {
        ...machineFacts(machine),
        ...(includedData === 'METADATA_ONLY' ? { definition: '{}' } : {}),
        ...(mapRunArn === undefined ? {} : { mapRunArn, label: splitLabel(machineArn).label }),
        updateDate: epochSeconds(machine.updatedAt ?? machine.createdAt),
      };
    },

    /** Newest start first. */
    ListExecutions: async (request: unknown) => {
      const asked = readFields(listing, request);
      const { stateMachineArn, mapRunArn, statusFilter, redriveFilter } = asked;
      if (mapRunArn !== undefined && stateMachineArn !== undefined)
        throw new ApiError('ValidationException', 'Must provide either a state machine ARN or a map run ARN, not both');
      if (mapRunArn === undefined && stateMachineArn === undefined)
        throw new ApiError('ValidationException', 'Must provide a state machine ARN to list executions');
      const run = mapRunArn === undefined ? undefined : await mustHaveMapRun(store, mapRunArn);
      const machine = run === undefined ? await mustExist(store, readMachineArn(stateMachineArn ?? '')) : undefined;
      if (machine?.type === 'EXPRESS') throw notForThisType();
      const of = machine === undefined ? { mapRunArn: run?.arn ?? '' } : { machineArn: machine.arn };
      // Nothing is redriven here, so these two have no execution.
      if (statusFilter === 'PENDING_REDRIVE' || redriveFilter === 'REDRIVEN') return { executions: [] };
      const filter: { readonly status?: ExecutionStatus } = statusFilter === undefined ? {} : { status: statusFilter };
      const { items, token } = await readPage(asked, (page) => store.list({ ...of, ...filter, ...page }));
      return { executions: items.map((each) => ({ ...listed(each), ...itemCountOf(each, run) })), ...token };
    },

    /** An execution that is over stays as it ended. */
    StopExecution: async (request: unknown) => {
      const { executionArn, error, cause } = readFields(stop, request);
      const answer = await runner.stop(readExecutionArn(executionArn), { error, cause });
      if (answer.kind === 'unknown') throw noExecution(executionArn);
      const { stoppedAt, startedAt } = answer.execution;
      return { stopDate: epochSeconds(stoppedAt ?? startedAt) };
    },
  };
}

/** @throws ApiError `ExecutionDoesNotExist`, `InvalidArn` */
export async function mustHaveRun(store: StepFunctionsApiOptions['store'], arn: string): Promise<ExecutionSummary> {
  const summary = await store.summary(readExecutionArn(arn));
  if (summary === undefined) throw noExecution(arn);
  return summary;
}

const noExecution = (arn: string) => new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);

/** How many items an execution of a Map Run has; nothing for others. */
function itemCountOf({ input }: ExecutionSummary, run: MapRun | undefined): { readonly itemCount?: number } {
  if (run === undefined) return {};
  if (run.itemCounts.total === run.executionCounts.total) return { itemCount: 1 };
  const batch: unknown = JSON.parse(input);
  const items = isObject(batch) ? batch['Items'] : undefined;
  return { itemCount: Array.isArray(items) ? items.length : 1 };
}

const listed = ({ arn, machineArn, mapRunArn, name, status, startedAt, stoppedAt }: ExecutionSummary) => ({
  executionArn: arn,
  stateMachineArn: machineArn,
  ...(mapRunArn === undefined ? {} : { mapRunArn }),
  name,
  status,
  startDate: epochSeconds(startedAt),
  ...(stoppedAt === undefined ? {} : { stopDate: epochSeconds(stoppedAt) }),
  redriveCount: 0,
});

const describe = (summary: ExecutionSummary, hasData: boolean) => ({
  ...listed(summary),
  ...(hasData ? { input: summary.input, inputDetails: { included: true } } : { inputDetails: { included: false } }),
  ...(hasData && summary.output !== undefined ? { output: summary.output, outputDetails: { included: true } } : {}),
  error: summary.error,
  cause: summary.cause,
  ...redriveStatus(summary),
});

const redriveStatus = ({ status }: ExecutionSummary) =>
  status === 'RUNNING' || status === 'SUCCEEDED'
    ? { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: `Execution is ${status} and cannot be redriven` }
    : { redriveStatus: 'REDRIVABLE' };
