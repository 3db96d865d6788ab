import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopRelease } from '../support/shop-release.ts';
import { type LocalHost, localHost } from '../support/local-host.ts';

let host: LocalHost;
beforeAll(async () => {
  host = await localHost({ shop: {} });
});
afterAll(() => host[Symbol.asyncDispose]());

describe('an invalid definition', () => {
  const text = [
    'StartAt: One',
    'States:',
    '  One:',
    '    Type: Pass',
    '    Next: Nowhere',
    '  Two:',
    '    Type: Wait',
    '    Seconds: -1',
    '    End: true',
    '  Three:',
    '    Type: Tusk',
    '    End: true',
  ].join('\n');

  it('is answered with every problem at its file, line and column, and exit code 2', async () => {
    const file = join(host.folder, 'definition.asl.yaml');
    await writeFile(file, text);
    const { exitCode, stdout } = await host.cli('machine', 'validate', file);

    expect(exitCode).toBe(2);
    expect(stdout.trimEnd().split('\n')).toEqual([
      `${file}:5:5  MISSING_TRANSITION_TARGET  Missing 'Next' target: Nowhere`,
      `${file}:6:3  MISSING_TRANSITION_TARGET  State "Two" is not reachable.`,
      `${file}:8:5  SCHEMA_VALIDATION_FAILED  Minimum value is 0`,
      `${file}:10:3  MISSING_TRANSITION_TARGET  State "Three" is not reachable.`,
      expect.stringContaining(`${file}:11:5  SCHEMA_VALIDATION_FAILED  The field 'Type' should have one of`),
    ]);
  });

  it('is refused by CreateStateMachine with every problem, and no machine is there', async () => {
    const definition = JSON.stringify({
      StartAt: 'One',
      States: { One: { Type: 'Pass', Next: 'Nowhere' }, Two: { Type: 'Tusk' } },
    });
    const refused = await host.wire('CreateStateMachine', {
      name: 'bad',
      definition,
      roleArn: 'arn:aws:iam::000000000000:role/test',
    });

    expect(refused).toMatchObject({ status: 400, body: { __type: expect.stringMatching(/InvalidDefinition$/) } });
    const { message } = refused.body as { message: string };
    expect(message).toContain('/States/One/Next');
    expect(message).toContain('/States/Two/Type');
    const { body } = await host.wire('ListStateMachines', {});
    expect(JSON.stringify(body)).not.toContain('stateMachine:bad');
  });
});

describe.concurrent('a name that nobody knows', () => {
  const unknown = 'arn:aws:states:us-east-1:000000000000:execution:deploy:nobody';

  it.each([
    [['deploy', 'status', 'shoop'], 'there is no service shoop', 'services here: shop'],
    [['deploy', 'watch', 'shoop'], 'there is no service shoop', 'services here: shop'],
    [['deploy', 'start', 'shoop'], 'there is no service shoop', 'pointsman.yaml'],
    [['deploy', 'abort', 'shoop'], 'there is no service shoop', 'pointsman.yaml'],
    [['deploy', 'start', 'shop'], 'the registry has no image shop', 'pointsman push FOLDER shop:TAG'],
    [['deploy', 'watch', 'shop'], 'shop has had no rollout', 'pointsman deploy start shop'],
    [['execution', 'show', 'nobody'], "no execution is named 'nobody'", 'pointsman execution list'],
    [['execution', 'show', unknown], 'does not exist', 'ExecutionDoesNotExist'],
    [['execution', 'history', unknown], 'does not exist', 'ExecutionDoesNotExist'],
    [['execution', 'watch', unknown], 'does not exist', 'ExecutionDoesNotExist'],
    [['execution', 'stop', unknown, '--yes'], 'does not exist', 'ExecutionDoesNotExist'],
    [
      ['execution', 'list', '--machine', 'canari'],
      "no machine is named 'canari'",
      'there are: backup, canary, deploy, ',
    ],
  ])('is answered by %j with exit code 5 and what would work', async (args, problem, hint) => {
    const { exitCode, stdout, stderr } = await host.cli(...args);

    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr.toLowerCase()).toContain(problem.toLowerCase());
    expect(stderr).toContain(hint);
  });
});

describe('a malformed request', () => {
  it.each([
    ['no JSON', '{"events": ['],
    ['an empty body', ''],
    ['no object', '[]'],
    ['no events', {}],
    ['events that are no list', { events: 'push' }],
    ['a push without a target', { events: [{ id: '1', timestamp: '2026-01-01T00:00:00Z', action: 'push' }] }],
    ['a digest that is none', pushOf({ digest: 'sha256:12', repository: 'shop', tag: 'v1' })],
    ['a push without a repository', pushOf({ tag: 'v1' })],
  ])('of the registry is refused with 400 and logged, and starts nothing: %s', async (_, body) => {
    const before = await host.log();
    const answer = await host.post('/webhooks/registry', body);

    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'MalformedNotification' } } });
    const { message } = (answer.body as { error: { message: string } }).error;
    expect(message).not.toBe('');
    const logged = (await host.log()).slice(before.length);
    expect(logged).toContain('a malformed registry notification was refused');
    expect(logged).toContain(JSON.stringify(message).slice(1, -1));
    expect(await host.executions('deploy')).toEqual([]);
  });

  it('of a registry that is too large is refused and logged, and starts nothing', async () => {
    const answer = await host.post('/webhooks/registry', { events: [], padding: 'x'.repeat(300_000) });

    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'TooLarge' } } });
    expect(await host.log()).toContain('TooLarge');
    expect(await host.executions('deploy')).toEqual([]);
  });

  it('of any kind that is far too large is refused too', async () => {
    const answer = await host.post('/pointsman/v1/images', { folder: 'x'.repeat(3_000_000) });

    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'TooLarge' } } });
  });

  it.each([
    ['/pointsman/v1/images', { folder: 'here', image: 7 }, ['folder', 'image']],
    ['/pointsman/v1/images', 'what?', ['JSON']],
    ['/pointsman/v1/services/shop/orders', { order: 'pause', by: '' }, ['order', 'by', 'reason']],
    ['/pointsman/v1/services/shop/deployments', { refrence: 'v1' }, ['refrence']],
  ])('to %s is refused with 400, naming every field: %j', async (path, body, fields) => {
    const { status, body: answer } = await host.post(path, body);

    expect(status).toBe(400);
    for (const field of fields) expect((answer as { error: { message: string } }).error.message).toContain(field);
  });

  it.each([
    ['a folder that is not there', ['push', '/nowhere/at/all', 'shop:v1'], 2, 'there is no such folder'],
    ['an image without a tag', ['push', '.', 'shop'], 2, 'service:tag'],
    ['a tag that is none', ['push', '.', 'shop:v 1'], 2, 'v 1'],
    ['a repository that is none', ['push', '.', 'Shop:v1'], 2, 'Shop'],
  ])('to push is refused, and starts nothing: %s', async (_, args, expected, problem) => {
    const { exitCode, stdout, stderr } = await host.cli(...args);

    expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('bug in pointsman');
    expect(await host.executions('deploy')).toEqual([]);
  });
});

describe('a push there is nothing to do for', () => {
  it('stores the image, and ends with exit code 5 and the services there are', async () => {
    const { exitCode, stdout, stderr } = await host.cli('push', await shopRelease(host.folder, 'other:1'), 'other:1');

    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: expect.stringMatching(/^other:1@sha256:/) });
    expect(stderr).toContain('other:1 is stored, and no service here releases it');
    expect(stderr).toContain('services here: shop');
    expect(await host.executions('deploy')).toEqual([]);
  });

  it.each([
    ['of no service here', 'other', { started: [], ignored: ['other:v1'], missing: [] }],
    ['of an image that the registry does not have', 'shop', { started: [], ignored: [], missing: ['shop:v1'] }],
  ])('is accepted and passed over, so that the registry goes on with the next: %s', async (_, repository, body) => {
    expect(await host.post('/webhooks/registry', pushOf({ repository, tag: 'v1' }))).toEqual({ status: 202, body });
    expect(await host.executions('deploy')).toEqual([]);
  });
});

const pushOf = (target: object) => ({
  events: [
    {
      id: '1',
      timestamp: '2026-01-01T00:00:00Z',
      action: 'push',
      target: {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: `sha256:${'a'.repeat(64)}`,
        ...target,
      },
    },
  ],
});
