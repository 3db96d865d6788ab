import * as z from 'zod/mini';
import type { MapRunCounts } from '../core/index.ts';
import type { MapRun } from '../runner/ports.ts';
import { invalidRequest } from './api-error.ts';
import { mustHaveRun } from './executions.ts';
import { mustHaveMapRun } from './find-map-run.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { readPage } from './pages.ts';
import { fields, readFields } from './read-fields.ts';
import { epochSeconds } from './wire-values.ts';

const mapRun = z.object({ mapRunArn: fields.longArn });
const listing = z.object({
  executionArn: fields.arn,
  maxResults: z.optional(fields.maxResults),
  nextToken: z.optional(fields.nextToken),
});
const change = z.object({
  mapRunArn: fields.longArn,
  maxConcurrency: z.optional(z.int().check(z.gte(0))),
  toleratedFailureCount: z.optional(z.int().check(z.gte(0))),
  toleratedFailurePercentage: z.optional(z.number().check(z.gte(0), z.lte(100))),
});

/** Map Runs: what distributed Maps did, and what they may do. */
export function mapRunOperations({ runner, store, clock }: StepFunctionsApiOptions) {
  return {
    DescribeMapRun: async (request: unknown) => {
      const run = await mustHaveMapRun(store, readFields(mapRun, request).mapRunArn);
      return {
        ...named(run),
        status: run.status,
        maxConcurrency: run.maxConcurrency,
        toleratedFailureCount: run.toleratedFailureCount,
        toleratedFailurePercentage: run.toleratedFailurePercentage,
        itemCounts: counts(run.itemCounts),
        executionCounts: counts(run.executionCounts),
        redriveCount: run.redriveCount ?? 0,
        ...(run.redrivenAt === undefined ? {} : { redriveDate: epochSeconds(run.redrivenAt) }),
      };
    },

    /** Newest start first. */
    ListMapRuns: async (request: unknown) => {
      const asked = readFields(listing, request);
      const { arn: executionArn } = await mustHaveRun(store, asked.executionArn);
      const { items, token } = await readPage(asked, clock, (page) => store.mapRuns({ executionArn, ...page }));
      return { mapRuns: items.map((run) => ({ ...named(run), stateMachineArn: run.machineArn })), ...token };
    },

    /** While it runs. What is not given stays. */
    UpdateMapRun: async (request: unknown) => {
      const { mapRunArn, maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = readFields(
        change,
        request,
      );
      const { arn } = await mustHaveMapRun(store, mapRunArn);
      if (
        maxConcurrency === undefined &&
        toleratedFailureCount === undefined &&
        toleratedFailurePercentage === undefined
      )
        throw invalidRequest(
          'Either maxConcurrency, toleratedFailureCount or toleratedFailurePercentage must be specified',
          'MISSING_REQUIRED_PARAMETER',
        );
      const answer = await runner.changeMapRun(arn, {
        maxConcurrency,
        toleratedFailureCount,
        toleratedFailurePercentage,
      });
      if (answer === 'ended')
        throw invalidRequest(`Map Run has already completed: '${arn}'`, 'CANNOT_UPDATE_COMPLETED_MAP_RUN');
      return {};
    },
  };
}

const named = ({ arn, executionArn, startedAt, stoppedAt }: MapRun) => ({
  mapRunArn: arn,
  executionArn,
  startDate: epochSeconds(startedAt),
  ...(stoppedAt === undefined ? {} : { stopDate: epochSeconds(stoppedAt) }),
});

/** AWS's names are ours; a literal, so that what is counted besides is not shown by accident. */
const counts = (of: MapRunCounts) => ({
  pending: of.pending,
  running: of.running,
  succeeded: of.succeeded,
  failed: of.failed,
  timedOut: of.timedOut,
  aborted: of.aborted,
  total: of.total,
  resultsWritten: of.resultsWritten,
  failuresNotRedrivable: of.failuresNotRedrivable,
  pendingRedrive: of.pendingRedrive,
});
