import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsAnswer, type AwsCli, awsCli, whyNoAwsCli } from '../support/aws-cli.ts';
import { eventually } from '../support/eventually.ts';
import { type LocalHost, localHost } from '../support/local-host.ts';

const reason = whyNoAwsCli();
const roleArn = 'arn:aws:iam::000000000000:role/machines';
const arn = (type: string, name: string): string => `arn:aws:states:us-east-1:000000000000:${type}:${name}`;
const passing = JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Pass', Result: { done: true }, End: true } } });
const asking = JSON.stringify({
  StartAt: 'Ask',
  States: { Ask: { Type: 'Task', Resource: arn('activity', 'ask'), End: true } },
});

function textOf(answer: NonNullable<AwsAnswer['json']>, member: string): string {
  const value = answer[member];
  if (typeof value !== 'string') throw new Error(`no ${member} in ${JSON.stringify(answer)}`);
  return value;
}

describe.skipIf(reason !== undefined)(
  `the AWS CLI as a client of a host${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    // A call is a second of Python: the tests share the host and run side by side.
    let host: LocalHost;
    let aws: AwsCli;
    beforeAll(async () => {
      host = await localHost({});
      aws = awsCli(host.url);
    }, 30_000);
    afterAll(() => host?.[Symbol.asyncDispose]());

    /** The JSON of a call that succeeds. */
    async function ask(operation: string, ...args: readonly string[]) {
      const answer = await aws(operation, ...args);
      expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
      return answer.json ?? {};
    }
    const create = async (name: string, definition: string, ...more: readonly string[]) => {
      const asked = ['--name', name, '--definition', definition, '--role-arn', roleArn, ...more];
      return textOf(await ask('create-state-machine', ...asked), 'stateMachineArn');
    };

    it.concurrent('works for an activity, fails its execution, redrives it and sees it succeed', async () => {
      const [machine] = await Promise.all([
        create('asks', asking),
        ask('create-activity', '--name', 'ask', '--tags', 'key=team,value=platform'),
      ]);
      const started = await ask('start-execution', '--state-machine-arn', machine);
      const on = ['--execution-arn', textOf(started, 'executionArn')];
      const described = () => ask('describe-execution', ...on);
      const take = async () => {
        const taken = await ask('get-activity-task', '--activity-arn', arn('activity', 'ask'));
        return ['--task-token', textOf(taken, 'taskToken')];
      };
      await ask('send-task-failure', ...(await take()), '--error', 'Refused', '--cause', 'not today');
      await eventually(described, ({ status }) => status === 'FAILED');
      const { events } = await ask('get-execution-history', ...on, '--reverse-order', '--max-items', '2');
      expect(events).toMatchObject([
        { type: 'ExecutionFailed', executionFailedEventDetails: { error: 'Refused', cause: 'not today' } },
        { type: 'ActivityFailed' },
      ]);

      expect(await ask('redrive-execution', ...on)).toEqual({ redriveDate: expect.any(Number) });
      await ask('send-task-success', ...(await take()), '--task-output', '"yes"');
      const { output, redriveCount } = await eventually(described, ({ status }) => status === 'SUCCEEDED');
      expect([output, redriveCount]).toEqual(['"yes"', 1]);
    }, 90_000);

    it.concurrent('publishes versions, routes an alias to them, and shows tags', async () => {
      const stateMachineArn = await create('versions', passing, '--tags', 'key=team,value=platform');
      const machine = ['--state-machine-arn', stateMachineArn];
      const version = `${stateMachineArn}:1`;
      await ask('publish-state-machine-version', ...machine, '--description', 'first');
      const route = ['--routing-configuration', `stateMachineVersionArn=${version},weight=100`];
      const [{ stateMachineVersions }, { tags }] = await Promise.all([
        ask('list-state-machine-versions', ...machine),
        ask('list-tags-for-resource', '--resource-arn', stateMachineArn),
        ask('create-state-machine-alias', '--name', 'live', ...route),
      ]);
      expect(stateMachineVersions).toMatchObject([{ stateMachineVersionArn: version }]);
      expect(tags).toEqual([{ key: 'team', value: 'platform' }]);
      const { stateMachineAliases } = await ask('list-state-machine-aliases', ...machine);
      expect(stateMachineAliases).toMatchObject([{ stateMachineAliasArn: `${stateMachineArn}:live` }]);
    }, 90_000);

    it.concurrent('validates a definition, tests a state, and follows pages', async () => {
      const [validated, tested, stateMachineArn] = await Promise.all([
        ask('validate-state-machine-definition', '--definition', '{"StartAt":"A","States":{"A":{"Type":"Pass"}}}'),
        ask('test-state', '--definition', '{"Type":"Pass","Result":{"a":1},"End":true}'),
        create('pages', passing),
      ]);
      expect(validated).toMatchObject({ result: 'FAIL' });
      expect(tested).toEqual({ status: 'SUCCEEDED', output: '{"a":1}' });

      const machine = ['--state-machine-arn', stateMachineArn];
      const start = (name: string) => ask('start-execution', ...machine, '--name', name, '--input', '{"n": 1}');
      await Promise.all([start('1'), start('2')]);
      expect((await ask('list-executions', ...machine, '--page-size', '1'))['executions']).toHaveLength(2);
    }, 90_000);

    it.concurrent('shows a refusal in AWS’s words', async () => {
      const executionArn = arn('execution', 'none:1');
      const [missing, misnamed] = await Promise.all([
        aws('describe-execution', '--execution-arn', executionArn),
        aws('create-state-machine', '--name', 'a b', '--definition', passing, '--role-arn', roleArn),
      ]);
      expect(missing.stderr).toContain(
        `An error occurred (ExecutionDoesNotExist) when calling the DescribeExecution operation: Execution Does Not Exist: '${executionArn}'`,
      );
      expect(misnamed.stderr).toContain(
        "An error occurred (InvalidName) when calling the CreateStateMachine operation: Invalid Name: 'a b'",
      );
    }, 90_000);
  },
);
