import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { FirestoreMock } from '@firebase-bridge/firestore-admin';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { pino } from 'pino';
import { onTestFinished, describe, expect, it } from 'vitest';
import { firestoreDocuments } from '../../../adapters/gcp/firestore/documents.ts';
import { firestoreExecutionStore } from '../../../adapters/gcp/firestore/execution-store/firestore-execution-store.ts';
import { openGcpHost } from '../../../adapters/gcp/host/open-host.ts';
import { FUNCTIONS, registerFunctions } from '../../../adapters/gcp/host/register-functions.ts';
import { readSettings } from '../../../adapters/gcp/host/settings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type TestClock, testClock } from '../../support/test-clock.ts';
import { cloudTasksEmulator } from './cloud-tasks-emulator.ts';

const QUEUE = 'projects/p/locations/us-central1/queues/pointsman';
const ACCOUNT = 'pointsman-tasks@p.iam.gserviceaccount.com';
const PERFORM = 'https://us-central1-p.cloudfunctions.net/pointsman-perform';

const env = {
  POINTSMAN_QUEUE: QUEUE,
  POINTSMAN_PERFORM_URL: PERFORM,
  POINTSMAN_TASKS_ACCOUNT: ACCOUNT,
  POINTSMAN_WEBHOOK_TOKEN: 'a-token-of-at-least-twenty',
};

const signed = `
authentication:
  keys:
    - accessKeyId: AKIDGCP
      secret: env:POINTSMAN_TEST_SECRET
`;

/** Every function of the deployment in the real framework, over the emulators. */
async function deployed(configuration: string, clock: TestClock = testClock()) {
  process.env['POINTSMAN_TEST_SECRET'] = 'a secret';
  process.env['METADATA_SERVER_DETECTION'] = 'none';
  const folder = await temporaryFolder();
  const configFile = join(folder, 'pointsman.yaml');
  await writeFile(configFile, configuration === '' ? '{}' : configuration);
  const documents = firestoreDocuments(new FirestoreMock().createDatabase().firestore());
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const tasks = cloudTasksEmulator({
    clock,
    queues: { [QUEUE]: {} },
    deliver: async () => new Response('', { status: 200 }),
  });
  registerFunctions(() =>
    openGcpHost(
      readSettings({ ...env, POINTSMAN_CONFIG: configFile }),
      { documents, clock, tasksApi: tasks.api, authorization: async () => 'Bearer of-the-function' },
      join(import.meta.dirname, '../../../workflows'),
      log,
    ),
  );
  const urlOf = async (name: keyof typeof FUNCTIONS) => listening(getTestServer(FUNCTIONS[name]));
  const post = async (name: keyof typeof FUNCTIONS, path: string, headers: Record<string, string>, body: unknown) => {
    const answer = await fetch(new URL(path, await urlOf(name)), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const store = firestoreExecutionStore(documents, { now: clock.now });
  return { urlOf, post, store, clock, lines, tasks };
}

function listening(server: Server): Promise<string> {
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

const client = (endpoint: string, secretAccessKey: string) => {
  const sfn = new SFNClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDGCP', secretAccessKey },
    maxAttempts: 1,
    disableHostPrefix: true,
  });
  onTestFinished(() => sfn.destroy());
  return sfn;
};

const wait = JSON.stringify({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 60, End: true } } });
const roleArn = 'arn:aws:iam::000000000000:role/pointsman';
const token = (email: string, aud: string, signature = 'SIGNATURE_REMOVED_BY_GOOGLE') =>
  `Bearer ${Buffer.from('{}').toString('base64url')}.${Buffer.from(JSON.stringify({ email, aud, email_verified: true })).toString('base64url')}.${signature}`;

describe('the deployed functions', () => {
  it("serve the Step Functions API to AWS's own client, when it signs with a key of the configuration", async () => {
    const { urlOf, tasks, store } = await deployed(signed);
    const url = await urlOf('api');
    const sfn = client(url, 'a secret');
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({ name: 'mine', definition: wait, roleArn }),
    );
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'run', input: '{ "ü": "漢😀" }' }));
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));

    expect(executions?.map(({ name, status }) => `${name} ${status}`)).toEqual(['run RUNNING']);
    expect((await store.list({ limit: 1 })).items[0]?.input).toBe('{ "ü": "漢😀" }');
    expect(tasks.waiting()).toHaveLength(1);
    await expect(client(url, 'another').send(new ListStateMachinesCommand({}))).rejects.toThrow('signature');
  });

  it("leave AWS's signature alone when Cloud Run's token comes in a header of its own", async () => {
    const { urlOf } = await deployed(signed);
    const sfn = client(await urlOf('api'), 'a secret');
    const seen: string[] = [];
    sfn.middlewareStack.addRelativeTo(
      <T, R>(next: (args: T) => R) =>
        (args: T): R => {
          const { request } = args as { readonly request: { readonly headers: Record<string, string> } };
          const { headers } = request;
          Object.assign(headers, { 'x-serverless-authorization': 'Bearer of-the-caller' });
          seen.push(headers['authorization'] ?? '');
          return next(args);
        },
      { relation: 'after', toMiddleware: 'httpSigningMiddleware' },
    );

    expect((await sfn.send(new ListStateMachinesCommand({}))).stateMachines).toEqual([]);
    expect(seen).toEqual([expect.not.stringContaining('x-serverless-authorization')]);
  });

  it('keep the API closed while the configuration names no keys', async () => {
    const { post } = await deployed('');
    const headers = { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' };
    const { status, text } = await post('api', '/', headers, {});
    expect(status).toBe(403);
    expect(text).toContain('the API is closed');
  });

  it('perform effects for Cloud Tasks and for nobody else', async () => {
    const { post } = await deployed(signed);
    const notice = {
      arn: 'arn:aws:states:us-east-1:000000000000:execution:m:e',
      effectId: 'wait-2',
      kind: 'RunTask',
      link: 0,
    };
    const asked = async (authorization: string | undefined, body: unknown = notice) =>
      post('perform', '/', authorization === undefined ? {} : { authorization }, body);

    expect(await asked(token(ACCOUNT, PERFORM))).toEqual({ status: 200, text: '{"outcome":"gone"}' });
    expect((await asked(undefined)).text).toContain('there is no bearer token');
    expect((await asked(token('other@p.iam.gserviceaccount.com', PERFORM))).text).toContain('only pointsman-tasks@');
    expect((await asked(token(ACCOUNT, 'https://elsewhere.example'))).text).toContain(
      'the token is for another audience',
    );
    expect((await asked(token(ACCOUNT, PERFORM, 'forged'))).text).toContain('was not checked by Cloud Run');
    expect((await asked('Bearer rubbish')).status).toBe(403);
    expect((await asked(token(ACCOUNT, PERFORM), { arn: 'x' })).status).toBe(400);
  });

  it('start a rollout once for a pushed image, from a CloudEvent and from the body that Pub/Sub pushes itself', async () => {
    const { post, store, lines } = await deployed('services: { shop: { image: us-docker.pkg.dev/p/images/shop } }');
    await store.putMachine({
      arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy',
      name: 'deploy',
      type: 'STANDARD',
      definition: wait,
      revisionId: '1',
      roleArn,
      createdAt: testClock().now(),
    });
    const image = 'us-docker.pkg.dev/p/images/shop';
    const message = (id: string, data: object) => ({
      messageId: id,
      data: Buffer.from(JSON.stringify(data)).toString('base64'),
    });
    const push = message('1', { action: 'INSERT', digest: `${image}@sha256:${'a'.repeat(64)}`, tag: `${image}:2.0.0` });
    const event = {
      'ce-id': '1',
      'ce-specversion': '1.0',
      'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
      'ce-source': '//pubsub.googleapis.com/projects/p/topics/gcr',
    };
    expect((await post('pushed', '/', event, { message: push })).status).toBe(204);
    const legacy = { message: push, subscription: 'projects/p/subscriptions/s' };
    expect((await post('pushed', '/projects/p/topics/gcr', {}, legacy)).status).toBe(204);
    const removed = message('2', {
      action: 'DELETE',
      digest: `${image}@sha256:${'a'.repeat(64)}`,
      tag: `${image}:2.0.0`,
    });
    expect((await post('pushed', '/', event, { message: removed })).status).toBe(204);
    const other = message('3', { action: 'INSERT', digest: `x/y@sha256:${'a'.repeat(64)}`, tag: 'x/y:1' });
    expect((await post('pushed', '/', event, { message: other })).status).toBe(204);

    const { items } = await store.list({ limit: 9 });
    expect(items.map(({ name }) => name)).toEqual([expect.stringMatching(/^shop-aaaaaaaaaaaa-[0-9a-f]{8}$/)]);
    expect(JSON.parse(items[0]?.input ?? '')).toMatchObject({
      service: 'shop',
      repository: image,
      reference: '2.0.0',
      digest: `sha256:${'a'.repeat(64)}`,
    });
    expect(lines.filter((line) => line.includes('of no service here'))).toHaveLength(1);
  });

  it('answer 500 to an event that is no notification, so that it is seen', async () => {
    const { post } = await deployed('');
    const event = { 'ce-id': '1', 'ce-specversion': '1.0', 'ce-type': 'x', 'ce-source': '//x' };
    expect((await post('pushed', '/', event, { message: { messageId: '1', data: 'cnViYmlzaA==' } })).status).toBe(500);
  });

  it('hear other registries only with the token', async () => {
    const { post, lines } = await deployed('');
    const digest = `sha256:${'b'.repeat(64)}`;
    const target = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, repository: 'shop', tag: '1' };
    const body = { events: [{ id: 'e', timestamp: '2026-01-01T00:00:00Z', action: 'push', target }] };
    const given = { 'x-pointsman-token': env.POINTSMAN_WEBHOOK_TOKEN };

    expect((await post('api', '/webhooks/registry', {}, body)).status).toBe(403);
    expect((await post('api', '/webhooks/registry', { 'x-pointsman-token': 'wrong' }, body)).status).toBe(403);
    expect((await post('api', '/webhooks/registry', given, body)).status).toBe(202);
    expect((await post('api', '/webhooks/registry', given, { events: 1 })).status).toBe(400);
    expect(lines.join()).toContain('there is no state machine `deploy`');
  });

  it('start by the clock what came due since the minute before, once', async () => {
    const clock = testClock(Date.UTC(2026, 0, 1, 1, 58));
    const { post, store } = await deployed(
      'schedules: { nightly: { cron: "0 2 * * *", workflow: mine, input: { a: 1 } } }',
      clock,
    );
    await store.putMachine({
      arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:mine',
      name: 'mine',
      type: 'STANDARD',
      definition: wait,
      revisionId: '1',
      roleArn,
      createdAt: clock.now(),
    });
    const tick = async () => {
      const event = {
        'ce-id': '1',
        'ce-specversion': '1.0',
        'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
        'ce-source': '//x',
      };
      expect((await post('everyMinute', '/', event, { message: { messageId: '1', data: '' } })).status).toBe(204);
      return (await store.list({ limit: 9 })).items;
    };
    expect(await tick()).toEqual([]); // what came before it was first looked at is nobody's
    clock.advance(120_000);
    expect((await tick()).map(({ name, input }) => `${name} ${input}`)).toEqual([
      'nightly-20260101T020000Z {"a":1,"scheduledAt":1767232800000}',
    ]);
    expect(await tick()).toHaveLength(1);
    clock.advance(3 * 86_400_000 - 60_000);
    expect((await tick()).map(({ name }) => name)).toEqual(['nightly-20260103T020000Z', 'nightly-20260101T020000Z']);
  });

  it('forget in the first minute of an hour what ended 90 days ago', async () => {
    const clock = testClock(Date.UTC(2026, 5, 1, 3, 0, 30));
    const { post, store } = await deployed('', clock);
    const summary = (name: string, stoppedAt: number) =>
      ({
        arn: `arn:aws:states:us-east-1:000000000000:execution:m:${name}`,
        machineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m',
        revisionId: '1',
        name,
        status: 'FAILED',
        startedAt: stoppedAt - 1000,
        stoppedAt,
        input: '{}',
        output: undefined,
        error: undefined,
        cause: undefined,
      }) as Parameters<typeof store.create>[0];
    const nothing = {
      head: { status: 'FAILED', lastEventId: 0 } as const,
      frames: {},
      history: [],
      opened: [],
      closed: [],
    };
    for (const [name, days] of [
      ['old', 91],
      ['new', 89],
    ] as const) {
      const ended = summary(name, clock.now() - days * 86_400_000);
      await store.create(ended, { ...nothing, summary: ended });
    }
    const event = { 'ce-id': '1', 'ce-specversion': '1.0', 'ce-type': 'x', 'ce-source': '//x' };
    await post('everyMinute', '/', event, {});
    expect((await store.list({ limit: 9 })).items.map(({ name }) => name)).toEqual(['new']);
  });

  it('leave out workflows that name what is not here, and say which', async () => {
    const { urlOf, lines, store } = await deployed(signed);
    await client(await urlOf('api'), 'a secret').send(new ListStateMachinesCommand({}));
    const told = lines
      .map((line) => JSON.parse(line) as { readonly workflows?: readonly string[] })
      .find((line) => line.workflows);
    expect(told?.workflows).toEqual(expect.arrayContaining(['canary', 'deploy']));
    const { items } = await store.machines({ limit: 100 });
    expect(items.map(({ name }) => name).filter((name) => told?.workflows?.includes(name))).toEqual([]);
  });
});

describe('readSettings', () => {
  it('names every variable that is missing or cannot be used, and no value', () => {
    expect(() => readSettings({ ...env, POINTSMAN_QUEUE: 'secret-thing', POINTSMAN_TASKS_ACCOUNT: undefined })).toThrow(
      'the environment cannot be used: look at POINTSMAN_QUEUE, POINTSMAN_TASKS_ACCOUNT; deploy.sh sets them',
    );
  });
});
