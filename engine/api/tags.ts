import * as z from 'zod/mini';
import type { Catalog, Tag } from '../runner/ports.ts';
import { ApiError, resourceNotFound } from './api-error.ts';
import type { ApiParts } from './options.ts';
import { readTaggableArn } from './read-arn.ts';
import { fields, readFields, text } from './read-fields.ts';

export const tagList = z.array(z.object({ key: text(1, 128), value: z._default(text(0, 256), '') }));

const tagging = z.object({ resourceArn: fields.arn, tags: tagList });
const untagging = z.object({ resourceArn: fields.arn, tagKeys: z.array(text(1, 128)) });
const resourceOnly = z.object({ resourceArn: fields.arn });

/** Tags a resource may have. ("Service quotas") */
const MOST_TAGS = 50;

/** Tags of machines and activities. */
export function tagOperations({ store, inTurn }: ApiParts) {
  const { tags, activities } = store.catalog;

  /** @throws ApiError `ResourceNotFound`, `InvalidArn` */
  async function mustBeThere(arn: string): Promise<void> {
    const found = readTaggableArn(arn) === 'activity' ? await activities.get(arn) : await store.machine(arn);
    if (found === undefined) throw resourceNotFound(`Resource not found: '${arn}'`, arn);
  }

  return {
    /** A key that is there gets the new value. */
    TagResource: (request: unknown) =>
      inTurn(async () => {
        const { resourceArn, tags: given } = readFields(tagging, request);
        await mustBeThere(resourceArn);
        await putTags(tags, resourceArn, given);
        return {};
      }),

    /** Keys that are not there are ignored. */
    UntagResource: (request: unknown) =>
      inTurn(async () => {
        const { resourceArn, tagKeys } = readFields(untagging, request);
        await mustBeThere(resourceArn);
        const before = await tags.get(resourceArn);
        if (before !== undefined)
          await tags.put({ ...before, tags: before.tags.filter(({ key }) => !tagKeys.includes(key)) });
        return {};
      }),

    ListTagsForResource: async (request: unknown) => {
      const { resourceArn } = readFields(resourceOnly, request);
      await mustBeThere(resourceArn);
      return { tags: (await tags.get(resourceArn))?.tags ?? [] };
    },
  };
}

/** Adds tags to those that the resource has. @throws ApiError `TooManyTags` */
export async function putTags(tags: Catalog['tags'], arn: string, given: readonly Tag[]): Promise<void> {
  if (given.length === 0) return;
  const before = (await tags.get(arn))?.tags ?? [];
  const byKey = new Map([...before, ...given].map(({ key, value }) => [key, value]));
  if (byKey.size > MOST_TAGS)
    throw new ApiError(
      'TooManyTags',
      `Too Many Tags: '${arn}' would have ${byKey.size}, at most ${MOST_TAGS} are kept`,
      400,
      { resourceName: arn },
    );
  await tags.put({ arn, tags: [...byKey].map(([key, value]) => ({ key, value })) });
}
