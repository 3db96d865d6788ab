import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { azurite, type Azurite, startAzurite, withoutAzurite } from '../../support/azurite.ts';
import { clientData } from './client-calls.ts';
import { type FunctionsCore, installFunctionsCore, type Registry } from './functions-core.ts';

const script = join(import.meta.dirname, '../../../scripts/package-azure.ts');

describe('the package for Azure', () => {
  let folder: string;
  let core: FunctionsCore;
  let registry: Registry;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pointsman-package-'));
    const configuration = join(folder, 'pointsman.yaml');
    writeFileSync(configuration, 'services:\n  shop: {}\n');
    execFileSync(process.execPath, [script, '--out', join(folder, 'app'), '--config', configuration]);
    core = installFunctionsCore();
    registry = core.register(() => createRequire(import.meta.url)(join(folder, 'app/main.js')));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const bindings = (name: string) => Object.values(registry.get(name)?.metadata.bindings ?? {});

  it('registers every function, and none that anybody may call', () => {
    expect([...registry.keys()].sort()).toEqual([
      'pm_api',
      'pm_effect',
      'pm_every_hour',
      'pm_every_minute',
      'pm_image_pushed',
      'pm_perform',
      'pm_registry_webhook',
    ]);
    const open = [...registry.keys()].filter((name) =>
      bindings(name).some(({ authLevel }) => authLevel === 'anonymous'),
    );
    expect(open).toEqual([]);
  });

  it('asks for no extension that its host.json does not bring, and keeps ids that are under way', () => {
    const { extensions, extensionBundle } = JSON.parse(readFileSync(join(folder, 'app/host.json'), 'utf8'));
    expect(extensionBundle.id).toBe('Microsoft.Azure.Functions.ExtensionBundle');
    expect(extensions.durableTask.overridableExistingInstanceStates).toBe('NonRunningStates');
    expect(extensions.http.routePrefix).toBe('');
  });

  it('says what is missing when no store is named', async () => {
    const fn = registry.get('pm_every_minute');
    if (fn === undefined) throw new Error('not registered');
    await expect(core.invoke(fn, timerInputs(fn), () => {})).rejects.toThrow('POINTSMAN_TABLE_ENDPOINT');
  });

  describe.skipIf(azurite === undefined)(`with Azurite for a store${withoutAzurite}`, () => {
    let storage: Azurite;
    beforeAll(async () => {
      storage = await startAzurite(azurite ?? '');
      process.env['POINTSMAN_STORAGE_CONNECTION'] = storage.connectionString;
    });
    afterAll(async () => {
      delete process.env['POINTSMAN_STORAGE_CONNECTION'];
      await storage.stop();
    });

    async function call(operation: string, body: object): Promise<Record<string, unknown>> {
      const fn = registry.get('pm_api');
      if (fn === undefined) throw new Error('not registered');
      const answer = await core.invoke(
        fn,
        {
          [triggerOf(fn)]: {
            http: {
              method: 'POST',
              url: 'https://app.example/',
              headers: { 'x-amz-target': `AWSStepFunctions.${operation}` },
              query: {},
              params: {},
              body: { bytes: Buffer.from(JSON.stringify(body)) },
            },
          },
          [clientOf(fn)]: { string: JSON.stringify(clientData) },
        },
        () => {},
      );
      const sent = (answer?.http as { body: { bytes: Uint8Array } } | undefined)?.body;
      return JSON.parse(Buffer.from(sent?.bytes ?? []).toString());
    }

    it('runs a machine of the bundle’s own functions, and refuses one whose function needs what is not here', async () => {
      const definition = JSON.stringify({ StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } });
      const roleArn = 'arn:aws:iam::000000000000:role/pointsman';
      const { stateMachineArn } = await call('CreateStateMachine', { name: 'pass', definition, roleArn });
      const { executionArn } = await call('StartExecution', { stateMachineArn, input: '{"a":1}' });
      expect(await call('DescribeExecution', { executionArn })).toMatchObject({
        status: 'SUCCEEDED',
        output: '{"a":1}',
      });

      const task = (name: string) => ({
        name,
        roleArn,
        definition: JSON.stringify({
          StartAt: 'Do',
          States: {
            Do: { Type: 'Task', Resource: `arn:aws:lambda:us-east-1:000000000000:function:${name}`, End: true },
          },
        }),
      });
      expect(await call('CreateStateMachine', task('acquire-lease'))).toHaveProperty('stateMachineArn');
      expect(await call('CreateStateMachine', task('start-candidate'))).toMatchObject({
        __type: 'InvalidDefinition',
        message: expect.stringContaining('start-candidate is not one of this host'),
      });
    });
  });

  const triggerOf = (fn: { metadata: { bindings: object } }) => nameOf(fn, ({ type }) => type !== 'durableClient');
  const clientOf = (fn: { metadata: { bindings: object } }) => nameOf(fn, ({ type }) => type === 'durableClient');
  function nameOf(fn: { metadata: { bindings: object } }, isIt: (binding: Binding) => boolean): string {
    const all = Object.entries(fn.metadata.bindings as Record<string, Binding>);
    return all.find(([, binding]) => binding.direction === 'in' && isIt(binding))?.[0] ?? '';
  }
  const timerInputs = (fn: { metadata: { bindings: object } }) => ({
    [triggerOf(fn)]: { json: '{}' },
    [clientOf(fn)]: { string: JSON.stringify(clientData) },
  });
});

interface Binding {
  readonly type: string;
  readonly direction: string;
}
