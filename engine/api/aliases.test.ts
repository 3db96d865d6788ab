import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ApiUnderTest,
  apiUnderTest,
  calling,
  machineArn,
  passing,
  roleArn,
} from '../../test/support/api-under-test.ts';

describe('alias operations', () => {
  let tested: ApiUnderTest;
  let api: ApiUnderTest['operations'];
  const arn = machineArn('deploy');
  const live = `${arn}:live`;
  beforeEach(async () => {
    tested = apiUnderTest();
    api = tested.operations;
    await api.CreateStateMachine({ name: 'deploy', definition: passing, roleArn, publish: true });
    await api.UpdateStateMachine({ stateMachineArn: arn, definition: `${passing} `, publish: true });
  });

  const routes = (...weights: readonly number[]) =>
    weights.map((weight, i) => ({ stateMachineVersionArn: `${arn}:${i + 1}`, weight }));
  const create = (more: object = {}) =>
    api.CreateStateMachineAlias({ name: 'live', routingConfiguration: routes(100), ...more });
  const describeAlias = () => api.DescribeStateMachineAlias({ stateMachineAliasArn: live });

  it('is made, described, changed and deleted', async () => {
    expect(await create({ description: 'what is live' })).toEqual({
      stateMachineAliasArn: live,
      creationDate: 1767225600,
    });
    tested.clock.advance(1000);
    const change = { stateMachineAliasArn: live, routingConfiguration: routes(90, 10) };
    expect(await api.UpdateStateMachineAlias(change)).toEqual({ updateDate: 1767225601 });
    expect(await describeAlias()).toEqual({
      stateMachineAliasArn: live,
      name: 'live',
      description: 'what is live',
      routingConfiguration: routes(90, 10),
      creationDate: 1767225600,
      updateDate: 1767225601,
    });

    await api.DeleteStateMachineAlias({ stateMachineAliasArn: live });
    await api.DeleteStateMachineAlias({ stateMachineAliasArn: live });
    await expect(describeAlias()).rejects.toMatchObject({
      code: 'ResourceNotFound',
      message: 'Request references a resource that does not exist.',
    });
    await expect(api.UpdateStateMachineAlias(change)).rejects.toMatchObject({ code: 'ResourceNotFound' });
  });

  it('is the same when it is made again the same, and a conflict when not', async () => {
    const first = await create();
    tested.clock.advance(1000);
    expect(await create()).toEqual(first);
    for (const more of [{ description: 'other' }, { routingConfiguration: routes(50, 50) }])
      await expect(create(more)).rejects.toMatchObject({
        code: 'ConflictException',
        status: 409,
        message:
          'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
      });
  });

  it.each([
    [[{ stateMachineVersionArn: arn, weight: 100 }], `must contain state machine version ARNs. Received: [${arn}]`],
    [
      [routes(50)[0], routes(50)[0]],
      `must contain distinct state machine version ARNs. Received: [${arn}:1, ${arn}:1]`,
    ],
    [routes(70, 29), 'weights must equal 100. Received: [70, 29]'],
    [routes(50, 30, 20), `weight=50), RoutingConfigurationListItem(stateMachineVersionArn=${arn}:2, weight=30)`],
    [routes(50, 30, 20), 'Member must have length less than or equal to 2'],
    [routes(101), "Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy constraint: Member must"],
  ])('refuses the routing %j', async (routingConfiguration, message) => {
    await expect(create({ routingConfiguration })).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it.each(['123', '!INVALID', 'a b'])('refuses the name %s', async (name) => {
    await expect(create({ name })).rejects.toMatchObject({
      code: 'ValidationException',
      message: `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$`,
    });
  });

  it('refuses a version that is not there', async () => {
    const routingConfiguration = [{ stateMachineVersionArn: `${arn}:9`, weight: 100 }];
    await expect(create({ routingConfiguration })).rejects.toMatchObject({ code: 'ResourceNotFound' });
  });

  it('shares the starts by weight, and each execution says by which version it runs', async () => {
    await create({ routingConfiguration: routes(80, 20) });
    for (let i = 0; i < 200; i++) await api.StartExecution({ stateMachineArn: live, name: String(i) });
    const { executions } = await api.ListExecutions({ stateMachineArn: live, maxResults: 1000 });
    expect(executions).toHaveLength(200);
    expect(executions.every(({ stateMachineAliasArn }) => stateMachineAliasArn === live)).toBe(true);
    const second = executions.filter(({ stateMachineVersionArn }) => stateMachineVersionArn === `${arn}:2`);
    expect(second.length).toBeGreaterThan(20);
    expect(second.length).toBeLessThan(60);
  });

  it('keeps its version from being deleted', async () => {
    await create();
    await expect(api.DeleteStateMachineVersion({ stateMachineVersionArn: `${arn}:1` })).rejects.toMatchObject({
      code: 'ConflictException',
      message:
        'Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]',
    });
    expect(await api.DeleteStateMachineVersion({ stateMachineVersionArn: `${arn}:2` })).toEqual({});
  });

  it('is listed by name, page by page, and with a version those that point to it', async () => {
    for (const name of ['c', 'a', 'b'])
      await create({ name, routingConfiguration: name === 'b' ? routes(0, 100) : routes(100) });
    const named = (page: { stateMachineAliases: readonly { stateMachineAliasArn: string }[] }) =>
      page.stateMachineAliases.map(({ stateMachineAliasArn }) => stateMachineAliasArn.slice(arn.length + 1));
    const first = await api.ListStateMachineAliases({ stateMachineArn: arn, maxResults: 1 });
    expect(named(first)).toEqual(['a']);
    expect(named(await api.ListStateMachineAliases({ stateMachineArn: arn, nextToken: first.nextToken }))).toEqual([
      'b',
      'c',
    ]);
    expect(named(await api.ListStateMachineAliases({ stateMachineArn: `${arn}:2` }))).toEqual(['b']);
    await expect(api.ListStateMachineAliases({ stateMachineArn: machineArn('none') })).rejects.toMatchObject({
      code: 'StateMachineDoesNotExist',
    });
  });

  it('starts what it points to now', async () => {
    await create();
    await api.UpdateStateMachine({ stateMachineArn: arn, definition: calling, publish: true });
    const routingConfiguration = [{ stateMachineVersionArn: `${arn}:3`, weight: 100 }];
    await api.UpdateStateMachineAlias({ stateMachineAliasArn: live, routingConfiguration });
    const { executionArn } = await api.StartExecution({ stateMachineArn: live });
    expect(await api.DescribeExecution({ executionArn })).toMatchObject({ status: 'RUNNING' });
  });
});
