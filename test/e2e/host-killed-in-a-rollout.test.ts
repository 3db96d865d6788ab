import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { localHost } from '../support/local-host.ts';
import { seededDice } from '../support/seeded-dice.ts';
import { servesOnly, serving } from '../support/serving.ts';
import { steadyLoad } from '../support/steady-load.ts';

const SEED = 20_260_102;
const KILLS = 3;
/** A kill comes up to so long after its phase was seen, or after the start before it. */
const LATEST_MS = 600;

describe.concurrent('a host killed in a rollout and started again', () => {
  const { uniform } = seededDice(SEED);
  const cases = ['Wait until it is ready', 'Let requests come', 'Retire the others'].map(
    (state) => [state, Math.floor(uniform() * LATEST_MS)] as const,
  );

  it.each(cases)('ends it promoted, without a failed request: in "%s", %i ms after it was seen', async (state, ms) => {
    await using host = await localHost({ shop: {} });
    await host.release('shop:v1');
    const { url } = await host.service('shop');
    await using load = steadyLoad(url ?? '');
    const { digest, executionArn } = await host.push('shop:v2', { readyAfterMs: 1_000 });
    const before = host.pid;
    await eventually(
      () => host.service('shop'),
      ({ rollout }) => rollout?.waitingFor.startsWith(state) === true,
    );
    await pause(ms); // the moment of the kill, not of an outcome
    await host.kill();
    const answered = load.counted.requests;
    await eventually(
      () => load.counted.requests,
      (requests) => requests > answered + 20,
    );
    await host.start();
    const { status, output } = await host.ended(executionArn);
    const { failures, versions } = await load.stop();

    expect(host.pid).not.toBe(before);
    expect({ status, ...JSON.parse(output ?? '{}') }).toMatchObject({ status: 'SUCCEEDED', outcome: 'promoted' });
    expect(serving(await host.service('shop'))).toEqual(servesOnly(digest));
    expect(failures).toEqual([]);
    expect([...versions]).toEqual(['shop:v1', 'shop:v2']);
  });
  it(`ends it promoted, without a failed request: ${KILLS} times in a row`, async () => {
    await using host = await localHost({ shop: {} });
    await host.release('shop:v1');
    const { url } = await host.service('shop');
    await using load = steadyLoad(url ?? '');
    const { digest, executionArn } = await host.push('shop:v2');
    for (let kill = 1; kill <= KILLS; kill++) {
      await pause(uniform() * LATEST_MS);
      await host.kill();
      await host.start();
    }
    const { status } = await host.ended(executionArn);

    expect(status).toBe('SUCCEEDED');
    expect((await load.stop()).failures).toEqual([]);
    expect(serving(await host.service('shop'))).toEqual(servesOnly(digest));
  });
});
