import * as z from 'zod/mini';
import type { StoredActivity } from '../runner/ports.ts';
import { ApiError } from './api-error.ts';
import { encryptionField, mustOwnKey } from './machine-settings.ts';
import type { ApiParts } from './options.ts';
import { readPage } from './pages.ts';
import { readActivityArn } from './read-arn.ts';
import { fields, readFields } from './read-fields.ts';
import { readName } from './read-name.ts';
import { putTags, tagList } from './tags.ts';
import { AWS_OWNED_KEY, epochSeconds } from './wire-values.ts';

const creation = z.object({
  name: fields.name,
  tags: z.optional(tagList),
  encryptionConfiguration: encryptionField,
});
const activityOnly = z.object({ activityArn: fields.arn });
const polling = z.object({ activityArn: fields.arn, workerName: z.optional(fields.name) });
const listing = z.object({ maxResults: z.optional(fields.maxResults), nextToken: z.optional(fields.nextToken) });

/** Workers that may wait for an activity's tasks at the same time. ("Service quotas") */
const MOST_WORKERS = 1000;

/** Activities: work that a Task hands to whoever asks for it. */
export function activityOperations({ store, runner, clock, region, account, inTurn }: ApiParts) {
  const { activities, tags } = store.catalog;
  const waiting = new Map<string, number>();

  async function mustFind(arn: string): Promise<StoredActivity> {
    const activity = await activities.get(readActivityArn(arn));
    if (activity === undefined) throw new ApiError('ActivityDoesNotExist', `Activity Does Not Exist: '${arn}'`);
    return activity;
  }

  return {
    /** Repeating it gives the same activity; its tags stay as they are. */
    CreateActivity: (request: unknown) =>
      inTurn(async () => {
        const asked = readFields(creation, request);
        const name = readName(asked.name);
        mustOwnKey(asked.encryptionConfiguration);
        const arn = `arn:aws:states:${region}:${account}:activity:${name}`;
        const before = await activities.get(arn);
        const activity = before ?? { arn, name, createdAt: clock.now() };
        if (before === undefined) {
          await putTags(tags, arn, asked.tags ?? []);
          await activities.put(activity);
          runner.activities.created(arn);
        }
        return { activityArn: arn, creationDate: epochSeconds(activity.createdAt) };
      }),

    DescribeActivity: async (request: unknown) => {
      const { arn, name, createdAt } = await mustFind(readFields(activityOnly, request).activityArn);
      return { activityArn: arn, name, creationDate: epochSeconds(createdAt), encryptionConfiguration: AWS_OWNED_KEY };
    },

    /** By name. */
    ListActivities: async (request: unknown) => {
      const { items, token } = await readPage(readFields(listing, request), clock, (page) => activities.list('', page));
      const shown = items.map(({ arn, name, createdAt }) => ({
        activityArn: arn,
        name,
        creationDate: epochSeconds(createdAt),
      }));
      return { activities: shown, ...token };
    },

    /** An activity that is not there is deleted already. */
    DeleteActivity: (request: unknown) =>
      inTurn(async () => {
        const arn = readActivityArn(readFields(activityOnly, request).activityArn);
        await activities.drop(arn);
        await tags.drop(arn);
        runner.activities.deleted(arn);
        return {};
      }),

    /** Waits up to a minute for a task; an answer without a token says that none came. */
    GetActivityTask: async (request: unknown, signal?: AbortSignal) => {
      const { activityArn, workerName } = readFields(polling, request);
      const { arn } = await mustFind(activityArn);
      const before = waiting.get(arn) ?? 0;
      if (before >= MOST_WORKERS)
        throw new ApiError(
          'ActivityWorkerLimitExceeded',
          `Activity Worker Limit Exceeded: ${MOST_WORKERS} workers wait for tasks of '${arn}' already`,
        );
      waiting.set(arn, before + 1);
      try {
        const task = await runner.activities.take(arn, workerName, signal);
        return task === undefined ? {} : { taskToken: task.token, input: task.input };
      } finally {
        const left = (waiting.get(arn) ?? 1) - 1;
        if (left === 0) waiting.delete(arn);
        else waiting.set(arn, left);
      }
    },
  };
}
