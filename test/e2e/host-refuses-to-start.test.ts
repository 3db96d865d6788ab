import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalHost, localHost, runCli } from '../support/local-host.ts';

describe.concurrent('a host that cannot start says what is in the way', () => {
  let first: LocalHost;
  beforeAll(async () => {
    first = await localHost({ shop: {} });
  });
  afterAll(() => first[Symbol.asyncDispose]());
  /** Goes with the host's own. */
  const newFolder = () => mkdtemp(join(first.folder, 'another-'));

  it('refuses a port in use, and leaves nothing running', async () => {
    const dataFolder = await newFolder();
    const { port } = new URL(first.url);
    const { exitCode, stdout, stderr } = await runCli(['start', '--data', dataFolder, '--port', port]);

    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: '' });
    expect(stderr).toContain(`Error: port ${port} is in use`);
    expect(stderr).toContain(`Try:   pointsman start --port ${Number(port) + 1}`);
    expect(existsSync(join(dataFolder, 'router', 'router.json'))).toBe(false);
  });

  it('refuses a data folder that another host uses, naming its pid', async () => {
    const { exitCode, stderr } = await runCli(['start', '--data', first.dataFolder, '--port', '0']);

    expect(exitCode).toBe(7);
    expect(stderr).toContain(`Error: ${first.dataFolder} is in use by process ${first.pid} since`);
    expect((await first.service('shop')).service).toBe('shop');
  });

  it.each(['executions.db', 'control.db'])('refuses a newer version of %s, naming both versions', async (name) => {
    const dataFolder = await newFolder();
    const file = join(dataFolder, name);
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 4711');
    db.close();
    const { exitCode, stderr } = await runCli(['start', '--data', dataFolder, '--port', '0']);

    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/Error: \S+ has (data of version|format) 4711, this (program|version) reads up to \D*\d+\b/);
    expect(stderr).toContain(file);
    expect(existsSync(join(dataFolder, 'router', 'router.json'))).toBe(false);
  });

  it('refuses an address that is not on loopback', async () => {
    const args = ['start', '--data', await newFolder(), '--port', '0', '--address', '0.0.0.0'];
    const { exitCode, stderr } = await runCli(args);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('the host does not listen on 0.0.0.0: it has no authentication');
    expect(stderr).toContain('use 127.0.0.1');
  });

  it('refuses a schedule of a workflow that is not there, naming those there are', async () => {
    const folder = await newFolder();
    const config = join(folder, 'pointsman.yaml');
    await writeFile(config, 'schedules: { nightly: { cron: 0 2 * * *, workflow: bakcup } }');
    const { exitCode, stderr } = await runCli([
      'start',
      '--config',
      config,
      '--data',
      join(folder, 'data'),
      '--port',
      '0',
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('schedules.nightly.workflow: there is no workflow bakcup; there are backup, canary,');
    expect(existsSync(join(folder, 'data', 'router'))).toBe(false);
  });

  it('refuses a wrong pointsman.yaml, naming every field', async () => {
    const folder = await newFolder();
    const config = join(folder, 'pointsman.yaml');
    await writeFile(
      config,
      [
        'hots: {}',
        'host: { port: 70000 }',
        'services:',
        '  Shop: {}',
        '  web: { target: { type: rocket, instances: 0, readinessPath: healthz }, port: http }',
        'notifications: [{ type: webhook, url: nowhere }]',
      ].join('\n'),
    );
    const { exitCode, stdout, stderr } = await runCli(['start', '--config', config, '--data', join(folder, 'data')]);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`Error: ${config} cannot be used:`);
    for (const field of ['hots', 'host.port', 'services.Shop', 'notifications.0'])
      expect(stderr).toMatch(new RegExp(`^ +.*${field}`, 'm'));
    for (const field of ['target.type', 'target.instances', 'target.readinessPath', 'port'])
      expect(stderr).toMatch(new RegExp(`^ +services.web.${field}: `, 'm'));
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('refuses a pointsman.yaml that is not there, or is no YAML', async () => {
    const folder = await newFolder();
    const config = join(folder, 'pointsman.yaml');
    const start = () => runCli(['start', '--config', config, '--data', join(folder, 'data')]);

    expect(await start()).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`there is no configuration file ${config}`),
    });
    await writeFile(config, 'services: [');
    expect(await start()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`${config} is not YAML`) });
  });

  it('refuses a data folder that is a file', async () => {
    const dataFolder = join(await newFolder(), 'data');
    await writeFile(dataFolder, '');
    const { exitCode, stderr } = await runCli(['start', '--data', dataFolder, '--port', '0']);

    expect(exitCode).toBe(7);
    expect(stderr).toContain(dataFolder);
    expect(stderr).not.toContain('bug in pointsman');
  });
});
