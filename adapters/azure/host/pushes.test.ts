import { describe, expect, it } from 'vitest';
import { memoryExecutionStore } from '../../../engine/runner/memory-execution-store.ts';
import type { StartRequest } from '../../../engine/runner/runner.ts';
import { storedMachine } from '../../../test/support/run-machine.ts';
import { memoryLeases } from '../../memory/leases.ts';
import { memoryReleaseLedger } from '../../memory/release-ledger.ts';
import { memoryRunOrders } from '../../memory/run-orders.ts';
import { checkConfiguration } from '../../configuration.ts';
import { pushes } from './pushes.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const deploy = storedMachine('deploy', {});

async function world({ withDeploy = true } = {}) {
  const store = memoryExecutionStore();
  if (withDeploy) await store.putMachine(deploy);
  const asked: StartRequest[] = [];
  const configuration = checkConfiguration({ services: { shop: { image: 'team/shop' } } }, 'pointsman.yaml');
  const handlers = pushes({
    configuration,
    store,
    runner: {
      async start(request) {
        const exists = asked.some(({ name }) => name === request.name);
        asked.push(request);
        return { kind: exists ? 'exists' : 'started', execution: { arn: `execution ${request.name}` } as never };
      },
    },
    leases: memoryLeases({ now: () => 0 }),
    ledger: memoryReleaseLedger(),
    orders: memoryRunOrders(),
    deployArn: deploy.arn,
    now: () => 0,
  });
  return { ...handlers, asked };
}

const event = (more: object = {}) => ({
  id: '1',
  eventType: 'Microsoft.ContainerRegistry.ImagePushed',
  data: { target: { repository: 'team/shop', tag: '2.0.0', digest, ...more } },
});

describe('a push', () => {
  it('told by Event Grid starts the rollout of the digest it names', async () => {
    const { imagePushed, asked } = await world();
    await imagePushed(event());

    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ machine: deploy, name: expect.stringMatching(/^shop-111111111111-/) });
    expect(JSON.parse(asked[0]?.input ?? '')).toMatchObject({ service: 'shop', reference: '2.0.0', digest });
  });

  it('told twice asks for the same execution', async () => {
    const { imagePushed, asked } = await world();
    await imagePushed(event());
    await imagePushed(event());

    expect(new Set(asked.map(({ name }) => name)).size).toBe(1);
  });

  it('of no service here, without a tag, or of another kind starts nothing', async () => {
    const { imagePushed, asked } = await world();
    await imagePushed(event({ repository: 'other' }));
    await imagePushed(event({ tag: undefined }));
    await imagePushed({ ...event(), eventType: 'Microsoft.ContainerRegistry.ImageDeleted' });

    expect(asked).toEqual([]);
  });

  it('is refused to Event Grid, which sends it again, while there is no machine for it', async () => {
    const { imagePushed } = await world({ withDeploy: false });
    await expect(imagePushed(event())).rejects.toThrow(/there is no state machine .*deploy/);
  });

  it('told by a registry’s webhook starts the rollout too', async () => {
    const { webhook, asked } = await world();
    const target = {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest,
      repository: 'team/shop',
      tag: '2.0.0',
    };
    const body = { events: [{ id: '1', timestamp: '2026-01-01T00:00:00Z', action: 'push', target }] };
    const post = (sent: unknown) =>
      webhook(new Request('https://app.example/webhooks/registry', { method: 'POST', body: JSON.stringify(sent) }));

    const answer = await post(body);
    expect([answer.status, await answer.json()]).toEqual([202, { started: [`execution ${asked[0]?.name}`] }]);
    expect((await post({ nothing: 1 })).status).toBe(400);
  });
});
