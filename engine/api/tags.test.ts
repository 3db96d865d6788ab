import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, apiUnderTest, machineArn, passing, roleArn } from '../../test/support/api-under-test.ts';

describe('tag operations', () => {
  let api: ApiUnderTest['operations'];
  const resourceArn = machineArn('deploy');
  const creation = { name: 'deploy', definition: passing, roleArn };
  beforeEach(() => {
    api = apiUnderTest().operations;
  });

  const tag = (...keys: readonly string[]) => keys.map((key) => ({ key, value: `${key}!` }));
  const listed = async () => (await api.ListTagsForResource({ resourceArn })).tags;

  it('keeps the tags a machine is created with, in order', async () => {
    await api.CreateStateMachine({ ...creation, tags: tag('b', 'a') });
    expect(await listed()).toEqual(tag('b', 'a'));
  });

  it('adds tags, and gives a key its newest value', async () => {
    await api.CreateStateMachine(creation);
    expect(await listed()).toEqual([]);
    expect(await api.TagResource({ resourceArn, tags: [] })).toEqual({});
    await api.TagResource({ resourceArn, tags: [...tag('a', 'b'), { key: 'a', value: '' }] });
    expect(await listed()).toEqual([{ key: 'a', value: '' }, ...tag('b')]);
  });

  it('takes tags away by key, also those that are not there', async () => {
    await api.CreateStateMachine({ ...creation, tags: tag('a', 'b') });
    expect(await api.UntagResource({ resourceArn, tagKeys: ['a', 'a', 'none'] })).toEqual({});
    expect(await listed()).toEqual(tag('b'));
  });

  it('forgets them with the machine', async () => {
    await api.CreateStateMachine({ ...creation, tags: tag('a') });
    await api.DeleteStateMachine({ stateMachineArn: resourceArn });
    await expect(listed()).rejects.toMatchObject({
      code: 'ResourceNotFound',
      message: `Resource not found: '${resourceArn}'`,
    });
    await api.CreateStateMachine(creation);
    expect(await listed()).toEqual([]);
  });

  it('keeps 50 and refuses one more, on creation too', async () => {
    const tags = tag(...Array.from({ length: 51 }, (_, i) => String(i)));
    await expect(api.CreateStateMachine({ ...creation, tags })).rejects.toMatchObject({ code: 'TooManyTags' });
    await api.CreateStateMachine({ ...creation, tags: tags.slice(1) });
    await expect(api.TagResource({ resourceArn, tags: tag('one more') })).rejects.toMatchObject({
      code: 'TooManyTags',
    });
    expect(await listed()).toHaveLength(50);
  });

  it('takes a key without a value', async () => {
    await api.CreateStateMachine(creation);
    await api.TagResource({ resourceArn, tags: [{ key: 'a' }] });
    expect(await listed()).toEqual([{ key: 'a', value: '' }]);
  });

  it('refuses keys that are no keys, in AWS’s words for the members of a list', async () => {
    await expect(api.UntagResource({ resourceArn, tagKeys: ['a', ''] })).rejects.toMatchObject({
      message:
        "1 validation error detected: Value '[a, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]",
    });
  });

  it.each([
    [{ tags: [{ key: '', value: 'x' }] }, "Value '' at 'tags.1.member.key' failed"],
    [{ tags: undefined }, "Value null at 'tags' failed"],
  ])('refuses %j', async (more, message) => {
    await api.CreateStateMachine(creation);
    await expect(api.TagResource({ resourceArn, ...more })).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });
});
