import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../../adapters/gcp/host/register-functions.ts';
import { readSettings } from '../../../adapters/gcp/host/settings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../../..');
const script = join(root, 'adapters/gcp/host/deploy/deploy.sh');
const run = promisify(execFile);

/**
 * The script with a `gcloud` that writes down what it is called with. What `there` matches is there already. That Google's
 * own takes these calls is not shown here.
 */
async function deploy(args: readonly string[], there: RegExp = /^$/) {
  const folder = await temporaryFolder();
  const calls = join(folder, 'calls');
  await writeFile(calls, '');
  await mkdir(join(folder, 'bin'));
  const gcloud = join(folder, 'bin/gcloud');
  const lines = [
    '#!/usr/bin/env bash',
    `printf '%s\\n' "$*" >> ${calls}`,
    `if [[ "$*" == *' describe '* ]]; then [[ "$*" =~ ${there.source === '^$' ? '^$' : there.source} ]]; exit; fi`,
  ];
  await writeFile(gcloud, `${lines.join('\n')}\n`);
  await chmod(gcloud, 0o755);
  await mkdir(join(folder, 'source'));
  await writeFile(join(folder, 'source/index.js'), '');
  await writeFile(join(folder, 'pointsman.yaml'), '{}');
  const env = {
    PATH: [join(folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
    PROJECT: 'shop-1',
    REGION: 'us-central1',
    SOURCE: join(folder, 'source'),
    SECRETS: 'API_KEY=api-key:3',
  };
  await run(
    script,
    args.map((arg) => (arg === 'CONFIG' ? join(folder, 'pointsman.yaml') : arg)),
    { env, cwd: folder },
  );
  return (await readFile(calls, 'utf8')).trim().split('\n');
}

const without = (calls: readonly string[]) => calls.filter((call) => !call.includes(' describe '));

describe('deploy.sh', () => {
  it('is a script that bash can read', () => {
    expect(() => execFileSync('bash', ['-n', script])).not.toThrow();
  });

  it('deploys every function that there is, by its entry point, and opens none to everybody', async () => {
    const calls = await deploy(['CONFIG']);
    const deployed = calls.filter((call) => call.startsWith('functions deploy'));
    const entries = deployed.map((call) => /--entry-point=(\w+)/.exec(call)?.[1]);
    expect(new Set(entries)).toEqual(new Set(Object.values(FUNCTIONS)));
    expect(entries).toHaveLength(4);
    for (const call of deployed.filter((each) => each.includes('--trigger-http')))
      expect(call).toContain('--no-allow-unauthenticated');
    expect(calls.join('\n')).not.toContain('allUsers');
  });

  it('gives the functions the environment that they read', async () => {
    const [call = ''] = (await deploy(['CONFIG'])).filter((each) => each.startsWith('functions deploy'));
    const pairs =
      /--set-env-vars=(\S+)/
        .exec(call)?.[1]
        ?.split(',')
        .map((pair) => pair.split(/=(.*)/s).slice(0, 2)) ?? [];
    expect(readSettings(Object.fromEntries(pairs))).toEqual({
      queue: 'projects/shop-1/locations/us-central1/queues/pointsman',
      performUrl: 'https://us-central1-shop-1.cloudfunctions.net/pointsman-perform',
      tasksAccount: 'pointsman-tasks@shop-1.iam.gserviceaccount.com',
      database: 'pointsman',
      configFile: '/etc/pointsman/pointsman.yaml',
      webhookToken: undefined,
    });
    expect(call).toContain('--set-secrets=/etc/pointsman/pointsman.yaml=pointsman-config:latest,API_KEY=api-key:3');
  });

  it('gives each account the roles it needs, on the resource alone where Google has that', async () => {
    const calls = (await deploy(['CONFIG'])).filter((call) => call.includes('add-iam-policy-binding'));
    const granted = calls.map((call) => {
      const member = /--member=serviceAccount:([\w-]+)@/.exec(call)?.[1];
      return `${member} ${/--role=(\S+)/.exec(call)?.[1]} on ${call
        .slice(0, call.indexOf('--'))
        .replace(/ ?add-iam-policy-binding/, '')
        .trim()}`;
    });
    expect(granted).toEqual([
      'pointsman-functions roles/datastore.user on projects shop-1',
      'pointsman-functions roles/cloudtasks.enqueuer on tasks queues pointsman',
      'pointsman-functions roles/cloudtasks.viewer on tasks queues pointsman',
      'pointsman-functions roles/iam.serviceAccountUser on iam service-accounts pointsman-tasks@shop-1.iam.gserviceaccount.com',
      'pointsman-functions roles/secretmanager.secretAccessor on secrets pointsman-config',
      'pointsman-functions roles/secretmanager.secretAccessor on secrets api-key',
      'pointsman-events roles/eventarc.eventReceiver on projects shop-1',
      'pointsman-tasks roles/run.invoker on run services pointsman-perform',
      'pointsman-events roles/run.invoker on run services pointsman-pushed',
      'pointsman-events roles/run.invoker on run services pointsman-every-minute',
    ]);
  });

  it('makes every index and exemption of firestore.indexes.json', async () => {
    const { indexes, fieldOverrides } = JSON.parse(
      await readFile(join(root, 'adapters/gcp/firestore/firestore.indexes.json'), 'utf8'),
    ) as { readonly indexes: readonly unknown[]; readonly fieldOverrides: readonly unknown[] };
    const calls = (await deploy(['CONFIG'])).filter((call) => call.startsWith('firestore indexes'));
    expect(calls.filter((call) => call.includes(' composite create '))).toHaveLength(indexes.length);
    expect(calls.filter((call) => call.includes('--disable-indexes'))).toHaveLength(fieldOverrides.length);
    expect(calls).toContain(
      'firestore indexes composite create --collection-group=executions --query-scope=COLLECTION --field-config=field-path=waiting,order=ascending --field-config=field-path=stoppedAt,order=ascending --async --database=pointsman --project=shop-1 --quiet',
    );
  });

  it('creates nothing twice', async () => {
    const calls = without(await deploy(['CONFIG'], /./));
    expect(calls.filter((call) => / create /.test(call) && !call.startsWith('firestore indexes'))).toEqual([]);
    expect(calls.filter((call) => call.startsWith('tasks queues update'))).toHaveLength(1);
  });

  it('deletes what it made, and the executions only when asked to', async () => {
    const calls = without(await deploy(['--delete'], /./));
    expect(calls.filter((call) => call.startsWith('functions delete'))).toHaveLength(4);
    expect(calls.join('\n')).not.toContain('firestore');
    expect(without(await deploy(['--delete', '--with-data'], /./)).at(-1)).toBe(
      'firestore databases delete --database=pointsman --project=shop-1 --quiet',
    );
  });
});

describe('npm run package:gcp', () => {
  it('makes a folder that registers every function under the real framework', async () => {
    const folder = await temporaryFolder();
    await run(process.execPath, [join(root, 'scripts/package-gcp.mjs'), '--out', folder], { cwd: folder });
    expect((await stat(join(folder, 'index.js'))).size).toBeLessThan(900_000);
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    expect(Object.values(manifest['dependencies'] ?? {}).every((version) => /^\d+\.\d+\.\d+$/.test(version))).toBe(
      true,
    );
    expect(await readFile(join(folder, 'workflows/canary/definition.asl.yaml'), 'utf8')).toContain('StartAt');
    const program = `
      await import(${JSON.stringify(join(folder, 'index.js'))});
      const { getFunction } = await import('@google-cloud/functions-framework/testing');
      console.log(JSON.stringify(${JSON.stringify(Object.values(FUNCTIONS))}.filter((name) => getFunction(name) !== undefined)));`;
    await writeFile(join(folder, 'look.mjs'), program);
    const { stdout } = await run(process.execPath, [join(folder, 'look.mjs')], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual(Object.values(FUNCTIONS));
  });
});
