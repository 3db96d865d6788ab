import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '../../../adapters/azure/host/open-app.ts';
import { checkConfiguration } from '../../../adapters/configuration.ts';
import { systemClock } from '../../../adapters/local/system-clock.ts';
import { azurite, type Azurite, startAzurite, withoutAzurite } from '../../support/azurite.ts';
import { eventually } from '../../support/eventually.ts';
import { functionArn } from '../../support/run-machine.ts';
import { type ModelApp, startModelApp } from './model-app.ts';

const roleArn = 'arn:aws:iam::000000000000:role/pointsman';

/** Everything as the deployed app composes it, in real time; only the Durable extension is a model. */
describe.skipIf(azurite === undefined)(`the app on Azurite${withoutAzurite}`, () => {
  let storage: Azurite;
  let app: ModelApp;
  const lines: string[] = [];
  beforeAll(async () => {
    storage = await startAzurite(azurite ?? '');
    const clients = await storage.storage();
    const configuration = checkConfiguration({ services: { shop: {} } }, 'pointsman.yaml');
    const log = pino({ base: null }, { write: (line) => void lines.push(line) });
    app = await startModelApp({
      clock: systemClock,
      start: ({ queue }) => openApp({ configuration, storage: clients, queue, log }),
      onProblem: (problem, thrown) => lines.push(`${problem}: ${String(thrown)}`),
    });
  });
  afterAll(async () => {
    app.end();
    await storage.stop();
  });

  async function call(operation: string, body: object): Promise<Record<string, string>> {
    const headers = { 'x-amz-target': `AWSStepFunctions.${operation}` };
    const request = new Request('https://app.example/', { method: 'POST', headers, body: JSON.stringify(body) });
    return (await (await app.http('pm_api', request)).json()) as Record<string, string>;
  }

  const task = (name: string, more: object) => ({ Type: 'Task', Resource: functionArn(name), ...more });
  const machine = {
    QueryLanguage: 'JSONata',
    StartAt: 'Take',
    States: {
      Take: task('acquire-lease', {
        Arguments: { lease: 'shop', owner: '{% $states.context.Execution.Id %}', ttlSeconds: 60 },
        Assign: { epoch: '{% $states.result.epoch %}' },
        Next: 'Rest',
      }),
      Rest: { Type: 'Wait', Seconds: 1, Next: 'Give' },
      Give: task('release-lease', {
        Arguments: { lease: 'shop', owner: '{% $states.context.Execution.Id %}', epoch: '{% $epoch %}' },
        Output: '{% $epoch %}',
        End: true,
      }),
    },
  };

  it('runs step functions of the project, with their leases in the table, to the end', async () => {
    const { stateMachineArn } = await call('CreateStateMachine', {
      name: 'hold',
      definition: JSON.stringify(machine),
      roleArn,
    });
    const { executionArn } = await call('StartExecution', { stateMachineArn });
    const describe = () => call('DescribeExecution', { executionArn });
    const ended = await eventually(describe, ({ status }) => status !== 'RUNNING');

    expect(ended, lines.join('\n')).toMatchObject({ status: 'SUCCEEDED', output: '1' });
    expect(lines).toEqual([]);
  });

  it('refuses a push while there is no machine to release it', async () => {
    const target = {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: `sha256:${'1'.repeat(64)}`,
      repository: 'shop',
      tag: '1',
    };
    const body = JSON.stringify({ events: [{ id: '1', timestamp: '2026-01-01T00:00:00Z', action: 'push', target }] });
    const answer = await app.http('pm_registry_webhook', new Request('https://app.example/', { method: 'POST', body }));

    expect([answer.status, await answer.json()]).toMatchObject([409, { error: { code: 'NoDeployMachine' } }]);
  });

  it('sweeps and tidies when its timers say so', async () => {
    await app.trigger('pm_every_minute', {});
    await app.trigger('pm_every_hour', {});
    expect(lines).toEqual([]);
  });
});
