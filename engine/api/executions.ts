import * as z from 'zod/mini';
import type { EpochMs } from '../data/instant.ts';
import { isObject } from '../data/json.ts';
import { splitLabel, storedMachineAt } from '../runner/map-run/item-processors.ts';
import { isPendingRedrive, notRedrivableByMapRun } from '../runner/redrivable.ts';
import type { ExecutionStatus, ExecutionSummary, MapRun } from '../runner/ports.ts';
import { ApiError, invalidRequest, typeNotSupported } from './api-error.ts';
import { mustBeOffered } from './express.ts';
import { mustHaveMapRun } from './find-map-run.ts';
import type { ApiParts, StepFunctionsApiOptions } from './options.ts';
import { readPage } from './pages.ts';
import { isVersion, readExecutionArn, readQualifiedArn } from './read-arn.ts';
import { fields, readFields, text } from './read-fields.ts';
import { readInput } from './read-json-text.ts';
import { readName } from './read-name.ts';
import { resolveMachine } from './resolve-machine.ts';
import { epochSeconds, machineData, machineFacts, newUuid } from './wire-values.ts';

const start = z.object({
  stateMachineArn: fields.arn,
  name: z.optional(fields.name),
  input: z._default(fields.data, '{}'),
  traceHeader: z.optional(fields.traceHeader),
});
const execution = z.object({ executionArn: fields.arn, includedData: z._default(fields.includedData, 'ALL_DATA') });
const stop = z.object({ executionArn: fields.arn, error: z.optional(fields.error), cause: z.optional(fields.cause) });
const redrive = z.object({ executionArn: fields.arn, clientToken: z.optional(text(1, 64).check(z.regex(/^[!-~]+$/))) });
const listing = z.object({
  stateMachineArn: z.optional(fields.arn),
  mapRunArn: z.optional(fields.longArn),
  statusFilter: z.optional(z.enum(['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'])),
  redriveFilter: z.optional(z.enum(['REDRIVEN', 'NOT_REDRIVEN'])),
  maxResults: z.optional(fields.maxResults),
  nextToken: z.optional(text(1, 3096)),
});

/** Executions: started, stopped, shown. */
export function executionOperations({ runner, express, store, clock, ids }: ApiParts) {
  return {
    /** While the execution runs, repeating it with the same input gives the same execution. */
    StartExecution: async (request: unknown) => {
      const asked = readFields(start, request);
      const name = asked.name === undefined ? newUuid(ids) : readName(asked.name);
      readQualifiedArn(asked.stateMachineArn);
      const input = readInput(asked.input);
      const { machine, version, alias } = await resolveMachine(store, ids, asked.stateMachineArn);
      const by = { versionArn: version?.arn, aliasArn: alias?.arn };
      const starter = machine.type === 'EXPRESS' ? mustBeOffered(express) : runner;
      const { kind, execution: found } = await starter.start({ machine, ...by, name, input });
      if (kind === 'exists' && (found.status !== 'RUNNING' || found.input !== input))
        throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${found.arn}'`);
      return { executionArn: found.arn, startDate: epochSeconds(found.startedAt) };
    },

    DescribeExecution: async (request: unknown) => {
      const { executionArn, includedData } = readFields(execution, request);
      const summary = await mustHaveRun(store, executionArn);
      const run = summary.mapRunArn === undefined ? undefined : await store.mapRun(summary.mapRunArn);
      return {
        ...describe(summary, includedData === 'ALL_DATA'),
        ...pendingStatus(summary, run, clock.now()),
        ...redriveStatus(summary, run, clock.now()),
      };
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
        ...machineData(machine, includedData),
        ...(mapRunArn === undefined ? {} : { mapRunArn, label: splitLabel(machineArn).label }),
        updateDate: epochSeconds(machine.updatedAt ?? machine.createdAt),
      };
    },

    /** Newest start first. */
    ListExecutions: async (request: unknown) => {
      const asked = readFields(listing, request);
      const { stateMachineArn, mapRunArn, statusFilter, redriveFilter } = asked;
      if (mapRunArn !== undefined && stateMachineArn !== undefined)
        throw invalidRequest('Must provide either a state machine ARN or a map run ARN, not both');
      if (mapRunArn === undefined && stateMachineArn === undefined)
        throw invalidRequest(
          'Must provide a state machine ARN or a map run ARN to list executions',
          'MISSING_REQUIRED_PARAMETER',
        );
      const run = mapRunArn === undefined ? undefined : await mustHaveMapRun(store, mapRunArn);
      const machine = run === undefined ? (await resolveMachine(store, ids, stateMachineArn ?? '')).machine : undefined;
      if (machine?.type === 'EXPRESS') throw typeNotSupported();
      if (run === undefined && redriveFilter !== undefined)
        throw invalidRequest('redriveFilter can only be used with a Map Run: leave it out, or name mapRunArn');
      if (run === undefined && statusFilter === 'PENDING_REDRIVE')
        throw invalidRequest('PENDING_REDRIVE can only be asked for with a Map Run: name mapRunArn');
      const of = machine === undefined ? { mapRunArn: run?.arn ?? '' } : listedBy(stateMachineArn ?? '', machine.arn);
      const filter: { readonly status?: ExecutionStatus } =
        statusFilter === undefined || statusFilter === 'PENDING_REDRIVE' ? {} : { status: statusFilter };
      const { items, token } = await readPage(asked, clock, (page) => store.list({ ...of, ...filter, ...page }));
      const executions = items
        .map((each) => ({ ...listed(each), ...itemCountOf(each, run), ...pendingStatus(each, run, clock.now()) }))
        // What waits for its redrive is told apart page by page, so a page may be short.
        .filter(({ status }) => statusFilter === undefined || status === statusFilter)
        .filter(
          ({ redriveCount }) => redriveFilter === undefined || redriveCount > 0 === (redriveFilter === 'REDRIVEN'),
        );
      return { executions, ...token };
    },

    /** Goes on from where the execution failed. Repeating it with its token within 15 minutes redrives once. */
    RedriveExecution: async (request: unknown) => {
      const { executionArn, clientToken } = readFields(redrive, request);
      const answer = await runner.redrive(readExecutionArn(executionArn), clientToken);
      if (answer.kind === 'unknown') throw noExecution(executionArn);
      if (answer.kind === 'refused') throw new ApiError('ExecutionNotRedrivable', answer.reason);
      return { redriveDate: epochSeconds(answer.at) };
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

/** Of a version or an alias: what was started through it. */
function listedBy(arn: string, machineArn: string) {
  const { qualifier } = readQualifiedArn(arn);
  if (qualifier === undefined) return { machineArn };
  return isVersion(qualifier) ? { versionArn: arn } : { aliasArn: arn };
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

const listed = ({
  arn,
  machineArn,
  versionArn,
  aliasArn,
  mapRunArn,
  name,
  status,
  startedAt,
  stoppedAt,
  redriveCount,
  redrivenAt,
}: ExecutionSummary) => ({
  executionArn: arn,
  stateMachineArn: machineArn,
  ...(versionArn === undefined ? {} : { stateMachineVersionArn: versionArn }),
  ...(aliasArn === undefined ? {} : { stateMachineAliasArn: aliasArn }),
  ...(mapRunArn === undefined ? {} : { mapRunArn }),
  name,
  status,
  startDate: epochSeconds(startedAt),
  ...(stoppedAt === undefined ? {} : { stopDate: epochSeconds(stoppedAt) }),
  redriveCount: redriveCount ?? 0,
  ...(redrivenAt === undefined || redriveCount === undefined ? {} : { redriveDate: epochSeconds(redrivenAt) }),
});

const pendingStatus = (summary: ExecutionSummary, run: MapRun | undefined, now: EpochMs) =>
  run !== undefined && isPendingRedrive(summary, run, now) ? ({ status: 'PENDING_REDRIVE' } as const) : {};

const describe = (summary: ExecutionSummary, hasData: boolean) => ({
  ...listed(summary),
  ...(hasData ? { input: summary.input, inputDetails: { included: true } } : { inputDetails: { included: false } }),
  ...(hasData && summary.output !== undefined ? { output: summary.output, outputDetails: { included: true } } : {}),
  error: summary.error,
  cause: summary.cause,
});

function redriveStatus(summary: ExecutionSummary, run: MapRun | undefined, now: EpochMs) {
  const isPending = run !== undefined && isPendingRedrive(summary, run, now);
  const reason = isPending
    ? 'Execution is PENDING_REDRIVE and cannot be redriven'
    : notRedrivableByMapRun(summary, now);
  if (reason !== undefined) return { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: reason };
  return { redriveStatus: run === undefined ? 'REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN' };
}
