import * as z from 'zod/mini';
import { withoutData } from '../runner/event-data.ts';
import { mustHaveRun } from './executions.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { readPage } from './pages.ts';
import { fields, readFields } from './read-fields.ts';
import { epochSeconds } from './wire-values.ts';

const asked = z.object({
  executionArn: fields.arn,
  includeExecutionData: z._default(z.boolean(), true),
  reverseOrder: z._default(z.boolean(), false),
  maxResults: z.optional(fields.maxResults),
  nextToken: z.optional(fields.nextToken),
});

export const historyOperations = ({ store, clock }: Pick<StepFunctionsApiOptions, 'store' | 'clock'>) => ({
  GetExecutionHistory: async (request: unknown) => {
    const { executionArn, includeExecutionData, reverseOrder: reverse, ...paging } = readFields(asked, request);
    const { arn } = await mustHaveRun(store, executionArn);
    const { items, token } = await readPage(paging, clock, (page) => store.history(arn, { reverse, ...page }));
    const events = includeExecutionData ? items : items.map(withoutData);
    return { events: events.map((event) => ({ ...event, timestamp: epochSeconds(event.timestamp) })), ...token };
  },
});
