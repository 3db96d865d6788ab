import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ApiUnderTest,
  apiUnderTest,
  calling,
  executionArn,
  machineArn,
  passing,
  roleArn,
} from '../../test/support/api-under-test.ts';

describe('version operations', () => {
  let tested: ApiUnderTest;
  let api: ApiUnderTest['operations'];
  const arn = machineArn('deploy');
  beforeEach(async () => {
    tested = apiUnderTest();
    api = tested.operations;
    await api.CreateStateMachine({ name: 'deploy', definition: passing, roleArn });
  });

  const publish = (more: object = {}) => api.PublishStateMachineVersion({ stateMachineArn: arn, ...more });
  const update = (more: object) => api.UpdateStateMachine({ stateMachineArn: arn, ...more });
  const listed = async () =>
    (await api.ListStateMachineVersions({ stateMachineArn: arn })).stateMachineVersions.map(
      ({ stateMachineVersionArn }) => stateMachineVersionArn,
    );

  it('numbers revisions from 1, and gives a revision one number however often it is published', async () => {
    expect(await publish()).toEqual({ creationDate: 1767225600, stateMachineVersionArn: `${arn}:1` });
    tested.clock.advance(1000);
    expect(await publish()).toEqual({ creationDate: 1767225600, stateMachineVersionArn: `${arn}:1` });
    await update({ definition: calling });
    expect(await publish()).toEqual({ creationDate: 1767225601, stateMachineVersionArn: `${arn}:2` });
    expect(await listed()).toEqual([`${arn}:2`, `${arn}:1`]);
  });

  it('publishes with the creation or the update of a machine', async () => {
    const made = await api.CreateStateMachine({ name: 'other', definition: passing, roleArn, publish: true });
    expect(made).toMatchObject({ stateMachineVersionArn: `${machineArn('other')}:1` });
    expect(await update({ definition: passing, publish: true })).toEqual({
      updateDate: 1767225600,
      stateMachineVersionArn: `${arn}:1`,
    });
    expect(await update({ definition: calling, publish: true, versionDescription: 'calls' })).toMatchObject({
      stateMachineVersionArn: `${arn}:2`,
    });
    expect(await api.DescribeStateMachine({ stateMachineArn: `${arn}:2` })).toMatchObject({ description: 'calls' });
  });

  it('publishes the revision that was meant and no other', async () => {
    await expect(publish({ revisionId: 'x' })).rejects.toMatchObject({
      code: 'ConflictException',
      message:
        'Failed to publish the State Machine version for revision x. The current State Machine revision is INITIAL.',
    });
    expect(await publish({ revisionId: 'INITIAL' })).toMatchObject({ stateMachineVersionArn: `${arn}:1` });
  });

  it('never gives a number twice', async () => {
    await publish();
    await api.DeleteStateMachineVersion({ stateMachineVersionArn: `${arn}:1` });
    await api.DeleteStateMachineVersion({ stateMachineVersionArn: `${arn}:1` });
    expect(await publish()).toMatchObject({ stateMachineVersionArn: `${arn}:2` });
    expect(await listed()).toEqual([`${arn}:2`]);
  });

  it('describes and starts the revision of a version, however the machine went on', async () => {
    await publish({ description: 'the first' });
    await update({ definition: calling });
    expect(await api.DescribeStateMachine({ stateMachineArn: `${arn}:1` })).toMatchObject({
      stateMachineArn: `${arn}:1`,
      name: 'deploy',
      definition: passing,
      description: 'the first',
    });

    await api.StartExecution({ stateMachineArn: `${arn}:1`, name: 'old' });
    await api.StartExecution({ stateMachineArn: arn, name: 'new' });
    expect(await api.DescribeExecution({ executionArn: executionArn('deploy', 'old') })).toMatchObject({
      status: 'SUCCEEDED',
      stateMachineArn: arn,
      stateMachineVersionArn: `${arn}:1`,
    });
    const { executions } = await api.ListExecutions({ stateMachineArn: `${arn}:1` });
    expect(executions).toMatchObject([{ name: 'old', stateMachineVersionArn: `${arn}:1` }]);
    expect((await api.ListExecutions({ stateMachineArn: arn })).executions).toHaveLength(2);
  });

  it('lists page by page', async () => {
    for (const n of [1, 2, 3]) await update({ definition: `${passing}${' '.repeat(n)}`, publish: true });
    const first = await api.ListStateMachineVersions({ stateMachineArn: arn, maxResults: 2 });
    expect(first.stateMachineVersions).toHaveLength(2);
    const { nextToken } = first;
    const { stateMachineVersions, ...end } = await api.ListStateMachineVersions({ stateMachineArn: arn, nextToken });
    expect(stateMachineVersions).toMatchObject([{ stateMachineVersionArn: `${arn}:1` }]);
    expect(end).toEqual({});
    await expect(api.ListStateMachineAliases({ stateMachineArn: arn, nextToken })).rejects.toMatchObject({
      code: 'InvalidToken',
      message: "Invalid Token: 'Invalid token'",
    });
  });

  it('deletes versions with their machine', async () => {
    await publish();
    await api.DeleteStateMachine({ stateMachineArn: arn });
    await api.CreateStateMachine({ name: 'deploy', definition: calling, roleArn });
    expect(await listed()).toEqual([]);
    await expect(api.StartExecution({ stateMachineArn: `${arn}:1` })).rejects.toMatchObject({
      code: 'StateMachineDoesNotExist',
      message: `State Machine Does Not Exist: '${arn}:1'`,
    });
  });

  it('refuses what it cannot publish', async () => {
    await expect(publish({ stateMachineArn: 'arn' })).rejects.toMatchObject({ code: 'InvalidArn' });
    await expect(publish({ stateMachineArn: machineArn('none') })).rejects.toMatchObject({
      code: 'StateMachineDoesNotExist',
    });
  });
});
