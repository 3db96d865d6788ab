import {
  CreateActivityCommand,
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteActivityCommand,
  DeleteStateMachineAliasCommand,
  DeleteStateMachineCommand,
  DescribeActivityCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListStateMachineVersionsCommand,
  ListTagsForResourceCommand,
  SFNClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listen, type Listening } from '../../adapters/local/host/listen.ts';
import { apiUnderTest, logGroupArn, passing, roleArn } from '../support/api-under-test.ts';

/** The calls of Terraform's AWS provider, resource by resource, as its source has them. */
describe('what Terraform asks', () => {
  let server: Listening;
  let client: SFNClient;
  beforeEach(async () => {
    server = await listen(apiUnderTest().fetch, '127.0.0.1', 0);
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
    client = new SFNClient({ region: 'us-east-1', endpoint: server.url, credentials, maxAttempts: 1 });
  });
  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  const changed = passing.replaceAll('Done', 'Finished');
  const created = {
    name: 'm',
    definition: passing,
    roleArn,
    type: 'STANDARD' as const,
    publish: true,
    versionDescription: '',
    tags: [{ key: 'team', value: 'platform' }],
    loggingConfiguration: {
      level: 'ERROR' as const,
      includeExecutionData: false,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logGroupArn('group') } }],
    },
  };
  const create = async () => (await client.send(new CreateStateMachineCommand(created))).stateMachineArn ?? '';

  /** What a refresh reads of a machine. */
  async function refreshed(stateMachineArn: string) {
    const machine = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    const { stateMachineVersions = [] } = await client.send(new ListStateMachineVersionsCommand({ stateMachineArn }));
    const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn: stateMachineArn }));
    return { machine, newestVersion: stateMachineVersions[0]?.stateMachineVersionArn, tags };
  }

  it('aws_sfn_state_machine: plans, creates, and finds what it created', async () => {
    const plan = new ValidateStateMachineDefinitionCommand({ definition: passing, type: 'STANDARD' });
    expect((await client.send(plan)).result).toBe('OK');
    const arn = await create();

    const { machine, newestVersion, tags } = await refreshed(arn);
    expect(machine).toMatchObject({
      stateMachineArn: arn,
      name: 'm',
      definition: passing,
      roleArn,
      status: 'ACTIVE',
      type: 'STANDARD',
      loggingConfiguration: created.loggingConfiguration,
      tracingConfiguration: { enabled: false },
      encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    });
    expect(newestVersion).toBe(`${arn}:1`);
    expect(tags).toEqual(created.tags);
    expect(await refreshed(arn)).toMatchObject({ newestVersion, tags });
  });

  it('aws_sfn_state_machine: says what is wrong with a planned definition', async () => {
    const plan = new ValidateStateMachineDefinitionCommand({ definition: '{"States":{}}', type: 'STANDARD' });
    const { result, diagnostics } = await client.send(plan);
    expect(result).toBe('FAIL');
    expect(diagnostics?.[0]).toMatchObject({ severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED' });
  });

  it('aws_sfn_state_machine: sees an update at once, keeps what it does not name, and publishes it', async () => {
    const arn = await create();
    await client.send(
      new UpdateStateMachineCommand({
        stateMachineArn: arn,
        definition: changed,
        roleArn,
        publish: true,
        versionDescription: '',
      }),
    );
    const { machine, newestVersion } = await refreshed(arn);
    expect(machine).toMatchObject({ definition: changed, loggingConfiguration: created.loggingConfiguration });
    expect(machine.revisionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(newestVersion).toBe(`${arn}:2`);

    await client.send(new TagResourceCommand({ resourceArn: arn, tags: [{ key: 'stage', value: 'test' }] }));
    await client.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['team'] }));
    expect((await refreshed(arn)).tags).toEqual([{ key: 'stage', value: 'test' }]);
  });

  it('aws_sfn_state_machine: is gone once it is deleted', async () => {
    const stateMachineArn = await create();
    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    await expect(client.send(new DescribeStateMachineCommand({ stateMachineArn }))).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
    expect(await create()).toBe(stateMachineArn);
  });

  it('aws_sfn_alias: creates, refreshes, updates and deletes', async () => {
    const arn = await create();
    const routes = (weight: number) => [{ stateMachineVersionArn: `${arn}:1`, weight }];
    const asked = { name: 'live', description: '', routingConfiguration: routes(100) };
    const { stateMachineAliasArn = '' } = await client.send(new CreateStateMachineAliasCommand(asked));
    const read = () => client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }));
    expect(await read()).toMatchObject({ name: 'live', routingConfiguration: routes(100) });

    await client.send(new UpdateStateMachineCommand({ stateMachineArn: arn, definition: changed, publish: true }));
    const both = [...routes(90), { stateMachineVersionArn: `${arn}:2`, weight: 10 }];
    await client.send(new UpdateStateMachineAliasCommand({ stateMachineAliasArn, routingConfiguration: both }));
    await client.send(new UpdateStateMachineAliasCommand({ stateMachineAliasArn, description: 'two at once' }));
    expect(await read()).toMatchObject({ description: 'two at once', routingConfiguration: both });

    await client.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn }));
    await expect(read()).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  it('aws_sfn_activity: creates, refreshes and deletes', async () => {
    const { activityArn = '' } = await client.send(new CreateActivityCommand({ name: 'a', tags: created.tags }));
    const read = () => client.send(new DescribeActivityCommand({ activityArn }));
    expect(await read()).toMatchObject({ activityArn, name: 'a', encryptionConfiguration: { type: 'AWS_OWNED_KEY' } });

    await client.send(new DeleteActivityCommand({ activityArn }));
    await expect(read()).rejects.toMatchObject({ name: 'ActivityDoesNotExist' });
  });
});
