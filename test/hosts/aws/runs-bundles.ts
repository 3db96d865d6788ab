import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealed } from '../../../adapters/aws/host/sealed.ts';
import { awsJson } from '../../../adapters/aws/aws-json.ts';
import {
  dynamoLeases,
  dynamoRecoveryRuns,
  dynamoReleaseLedger,
  dynamoTable,
} from '../../../adapters/aws/dynamodb/index.ts';
import type { JsonObject } from '../../../engine/data/json.ts';
import { type FakeAws, startFakeAws } from '../../support/aws/fake-aws.ts';
import { type LambdaServer, startLambdaServer } from '../../support/aws/lambda-server.ts';
import { completed, type Packaged } from '../../support/aws/packaged.ts';
import { runOnLambda } from '../../support/aws/run-on-lambda.ts';
import { type RdsWorld, rdsWorld } from '../../support/rds/rds-world.ts';

/** The bundles that ship, behind Lambda's Invoke API, with this engine in the place of Step Functions. */
export function runsBundles(packaged: () => Packaged): void {
  describe('the bundles that ship', () => {
    let aws: FakeAws;
    let world: RdsWorld;
    let lambda: LambdaServer;
    let definitions: ReadonlyMap<string, string>;

    beforeAll(async () => {
      aws = await startFakeAws();
      world = await rdsWorld('rds');
      const { Resources } = packaged().template;
      const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
      lambda = await startLambdaServer(
        new Map(
          functions.map(({ Properties: { FunctionName, Environment, Timeout } }) => {
            const own = Object.entries(Environment.Variables).map(([name, value]) => [name, completed(value)] as const);
            const file = packaged().bundles.get(FunctionName.slice('pointsman-dev-'.length)) ?? '';
            const { NODE_EXTRA_CA_CERTS: _ofLambda, ...environment } = Object.fromEntries(own);
            return [
              FunctionName,
              { file, environment: { ...environment, ...aws.environment }, timeoutSeconds: Timeout },
            ];
          }),
        ),
        () => world.model.clock.now(),
      );
      definitions = new Map(
        Object.values(Resources)
          .filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine')
          .map(({ Properties }) => [Properties.StateMachineName, completed(Properties.DefinitionString)]),
      );
      for (const { Type, Properties } of Object.values(Resources))
        if (Type === 'AWS::SSM::Parameter') aws.parameters.set(Properties.Name, Properties.Value);
      aws.parameters.set(
        '/pointsman/dev/configuration/groups/shop',
        sealed({ store: world.settings, ...groupSettings }),
      );
      aws.parameters.set('/pointsman/dev/configuration/notifications', sealed([{ type: 'log' }]));
    }, 60_000);
    afterAll(async () => {
      await lambda.stop();
      await world.fake.stop();
      await aws.stop();
    });

    const table = () => dynamoTable(awsJson('dynamodb', aws.environment), 'pointsman-dev');
    const run = (workflow: string, input: JsonObject, options: { readonly sendsKeys?: boolean } = {}) =>
      runOnLambda(lambda.url, definitions, `pointsman-dev-${workflow}`, input, {
        ...options,
        clock: world.model.clock,
      });
    const invoke = async (name: string, event: unknown, key?: string) => {
      const custom = Buffer.from(JSON.stringify({ custom: { 'pointsman.key': key } })).toString('base64');
      const response = await fetch(`${lambda.url}/2015-03-31/functions/pointsman-dev-${name}/invocations`, {
        method: 'POST',
        body: JSON.stringify(event),
        headers: key === undefined ? {} : { 'x-amz-client-context': custom },
      });
      return { isFailure: response.headers.has('x-amz-function-error'), answer: (await response.json()) as JsonObject };
    };

    it('load, each in a process of its own, and say what is wrong with an input that is none', async () => {
      for (const name of packaged().bundles.keys())
        expect({ name, ...(await invoke(name, { nothing: 1 })) }).toMatchObject({
          name,
          isFailure: true,
          answer: { errorType: 'Pointsman.BadInput', errorMessage: expect.stringMatching(`^${name}: `) },
        });
    }, 300_000);

    it('fail with the name that Step Functions compares, and take a lease from nobody', async () => {
      const ask = (owner: string) => invoke('acquire-lease', { lease: 'mail', owner, ttlSeconds: 60 });
      const first = await ask('a');

      expect(first).toMatchObject({ isFailure: false, answer: { owner: 'a', epoch: 1 } });
      expect(await ask('b')).toMatchObject({ isFailure: true, answer: { errorType: 'Pointsman.LeaseHeld' } });
    });

    it('say before they do anything that a port has no adapter yet', async () => {
      const asked = { service: 'shop', release: `sha256:${'1'.repeat(64)}`, instances: 1, epoch: 1 };

      expect(await invoke('start-candidate', asked)).toMatchObject({
        isFailure: true,
        answer: {
          errorType: 'Pointsman.NotConfigured',
          errorMessage: expect.stringContaining('the port "target" has no adapter for AWS Lambda yet'),
        },
      });
    });

    it('refuse a configuration that was changed by hand', async () => {
      const name = '/pointsman/dev/configuration/groups/shop';
      const good = aws.parameters.get(name) ?? '';
      aws.parameters.set(name, good.replace('"rpoSeconds":5', '"rpoSeconds":5000'));
      const answered = await invoke('check-replication', {
        group: 'shop',
        leader: 'north',
        sites: ['south'],
        deadline: 1,
      });
      aws.parameters.set(name, good);

      expect(answered.answer).toMatchObject({
        errorType: 'Pointsman.NotConfigured',
        errorMessage: expect.stringContaining(`the parameter ${name} is not as it was deployed`),
      });
    });

    it('answer a repeated attempt as they did, and run it once', async () => {
      const record = { ...recorded, execution: 'arn:aws:states:eu-west-1:000000000000:execution:deploy:once' };
      lambda.killAfterNext('pointsman-dev-record-release');
      expect((await invoke('record-release', record, 'attempt-1')).answer).toMatchObject({
        errorType: 'Runtime.ExitError',
      });
      const again = await invoke('record-release', { ...record, reason: 'another' }, 'attempt-1');

      expect(again.isFailure).toBe(false);
      expect(lambda.log.at(-1)).toMatchObject({ function: 'record-release', outcome: 'repeated' });
      expect(await dynamoReleaseLedger(table()).list('shop', 9)).toMatchObject([{ reason: record.reason }]);
    });

    it('log a line of each call with the execution, and a metric of a failure, and nothing of the input', async () => {
      const owner = 'arn:aws:states:eu-west-1:000000000000:execution:deploy:logged';
      await invoke('check-in', { lease: 'nobody', owner, epoch: 3, ttlSeconds: 60 });

      expect(lambda.log.at(-1)).toMatchObject({
        level: 'error',
        stage: 'dev',
        function: 'check-in',
        execution: owner,
        outcome: 'failed',
        error: 'Pointsman.LeaseLost',
        Failures: 1,
        _aws: { CloudWatchMetrics: [{ Namespace: 'Pointsman', Dimensions: [['stage'], ['stage', 'error']] }] },
      });
      expect(lambda.log.every((line) => !('input' in line) && !('event' in line))).toBe(true);
    });

    it('start the rollout of what was pushed, once', async () => {
      const digest = `sha256:${'2'.repeat(64)}`;
      aws.images.set('shop:2.0.0', digest);
      const event = {
        'detail-type': 'ECR Image Action',
        detail: { 'repository-name': 'shop', 'image-tag': '2.0.0', 'image-digest': `sha256:${'9'.repeat(64)}` },
      };
      const [first, again] = [await invoke('start-rollout', event), await invoke('start-rollout', event)];

      expect(first.answer).toEqual(again.answer);
      const started = [...aws.executions.values()].map(({ input }) => JSON.parse(input as string));
      expect(started).toMatchObject([
        {
          service: 'shop',
          repository: 'shop',
          reference: '2.0.0',
          digest,
          instances: 2,
          recoveryPoint: { group: 'shop-data' },
        },
      ]);
    });

    it('start what a schedule says, named after its instant', async () => {
      const due = {
        schedule: 'nightly',
        workflow: 'backup',
        input: { group: 'shop' },
        scheduledAt: '2026-11-27T02:00:00Z',
      };
      await invoke('start-scheduled', due);

      expect(aws.executions.get('nightly-20261127T020000Z')).toMatchObject({
        executionArn: 'arn:aws:states:eu-west-1:000000000000:execution:pointsman-dev-backup:nightly-20261127T020000Z',
        input: JSON.stringify({ group: 'shop', scheduledAt: Date.UTC(2026, 10, 27, 2) }),
      });
    });

    it('bring an order to whoever holds the lease', async () => {
      await invoke('acquire-lease', { lease: 'group:shop', owner: 'arn:execution', ttlSeconds: 600 });
      const order = { lease: 'group:shop', order: 'abort', by: 'ana', reason: 'wrong day' };

      expect((await invoke('give-order', order)).answer).toMatchObject({ execution: 'arn:execution', order: 'abort' });
      const heard = await invoke('check-in', { lease: 'group:shop', owner: 'arn:execution', epoch: 1, ttlSeconds: 60 });
      expect(heard.answer).toMatchObject({ order: 'abort', by: 'ana' });
      await invoke('release-lease', { lease: 'group:shop', owner: 'arn:execution', epoch: 1 });
    });

    for (const sendsKeys of [true, false])
      it(`take a backup of a database, ${sendsKeys ? 'with the keys of its tasks' : 'as Step Functions calls them, without keys'}`, async () => {
        const { summary, output } = await run(
          'backup',
          { group: 'shop', scheduledAt: Date.UTC(2026, 10, sendsKeys ? 27 : 28) },
          { sendsKeys },
        );

        expect({ status: summary.status, cause: summary.cause }).toEqual({ status: 'SUCCEEDED', cause: undefined });
        expect(output).toMatchObject({ group: 'shop' });
        expect(await dynamoRecoveryRuns(table()).list('shop', 1)).toMatchObject([{ kind: 'backup', outcome: 'done' }]);
        expect(await dynamoLeases(table(), { now: Date.now }).read('backups:shop')).toBeUndefined();
      }, 120_000);

    it('fence a database that hangs and promote the other, and say what needs a session with it', async () => {
      await invoke('point-writes', { group: 'shop', site: 'north', sessions: 'open', epoch: 1 });
      await world.hands.hang('north');
      const looked = await invoke('check-readiness', { group: 'shop', mode: 'failover', to: 'south' });
      const approval = {
        by: 'ana',
        planVersion: looked.answer['planVersion'] ?? null,
        readinessHash: looked.answer['hash'] ?? null,
        expiresAt: world.model.clock.now() + 3_600_000,
        allowLoss: { bytes: 1e9, seconds: 3600 },
        overrides: [{ check: 'primary-lost', reason: 'it answers nobody' }],
      };
      const { summary } = await run('failover', { group: 'shop', to: 'south', approval, freshBackup: false });

      expect(world.database('south').source).toBeUndefined();
      expect(summary.cause).toBe(
        'shop: Pointsman.NotOffered: south: probe: the API of RDS shows neither rows nor positions, and no access to the data is wired',
      );
    }, 120_000);
  });
}

const recorded = {
  service: 'shop',
  release: `sha256:${'1'.repeat(64)}`,
  image: 'shop:1.0.0',
  outcome: 'promoted',
  reason: 'it fails under 1 %',
  requestedAt: 1000,
};

const groupSettings = {
  services: ['shop'],
  objectives: { rtoSeconds: 60, rpoSeconds: 5, rpoBytes: 16_777_216 },
  catchUpSeconds: 10,
  verifiedWithinHours: 168,
  backup: {
    fullEvery: 1,
    retention: { last: 3, hourly: 0, daily: 7, weekly: 4, monthly: 6, yearly: 0, timeZone: 'UTC', minimumAgeHours: 24 },
  },
};
