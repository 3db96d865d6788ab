import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { echoSite, openSession } from '../../../../test/support/echo-site.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { writeEndpointContract } from '../../../../test/contracts/write-endpoint.ts';
import { ensureRouter, stopRouter } from '../ensure-router.ts';
import { writeGate } from '../write-gate.ts';
import { openEndpoints } from './endpoints.ts';
import { localWriteEndpoint, publishEndpoint } from './local-write-endpoint.ts';

const nowhere = { host: '127.0.0.1', port: 1 };
const listener = { port: 0, sites: { north: nowhere, south: nowhere }, services: [] };

writeEndpointContract('localWriteEndpoint', async () => {
  const folder = await temporaryFolder();
  const { control } = await ensureRouter(folder);
  await publishEndpoint(control, 'shop', listener);
  return {
    endpoint: localWriteEndpoint(control),
    [Symbol.asyncDispose]: async () => void (await stopRouter(folder)),
  };
});

describe('openEndpoints', () => {
  it('serves again what it served, on the same port, after its process died', async () => {
    const folder = await temporaryFolder();
    await using south = await echoSite('south');
    const first = await openEndpoints(folder, () => undefined);
    const port = await first.publish('shop', { ...listener, sites: { south: south.address } });
    await first.change('shop', 0, 4, { site: 'south', sessions: 'open' });
    await first.close();
    const second = await openEndpoints(folder, () => undefined);
    const session = await openSession(port);

    expect(await session.ask('a')).toBe('south:a');
    expect(await second.observe('shop')).toMatchObject({ version: 1, epoch: 4, site: 'south', sessions: 'open' });
    session.close();
    await second.close();
  });

  it('keeps the requests that may write waiting together with the sessions, and lets those in flight end first', async () => {
    const folder = await temporaryFolder();
    const gate = writeGate();
    const endpoints = await openEndpoints(folder, (service) => (service === 'web' ? gate : undefined));
    await endpoints.publish('shop', { ...listener, services: ['web', 'not served here'] });
    await endpoints.change('shop', 0, 1, { site: 'north', sessions: 'open' });
    gate.enter(
      () => {},
      () => {},
    );
    const held = endpoints.change('shop', 1, 1, { site: 'north', sessions: 'held' });
    const passed: string[] = [];
    await eventually(
      async () => gate.isHeld(),
      (isHeld) => isHeld,
    );
    gate.enter(
      () => passed.push('late'),
      () => {},
    );
    gate.leave();

    expect(await held).toMatchObject({ version: 2, sessions: 'held' });
    expect(passed).toEqual([]);
    await endpoints.change('shop', 2, 1, { site: 'south', sessions: 'open' });
    expect(passed).toEqual(['late']);
    await endpoints.close();
  });

  it('shows and serves what it did when a change cannot be stored', async () => {
    const folder = await temporaryFolder();
    await using north = await echoSite('north');
    const endpoints = await openEndpoints(folder, () => undefined);
    const port = await endpoints.publish('shop', { ...listener, sites: { north: north.address } });
    await endpoints.change('shop', 0, 1, { site: 'north', sessions: 'open' });
    await rm(folder, { recursive: true });
    await writeFile(folder, 'no folder any more');

    await expect(endpoints.change('shop', 1, 2, { site: 'north', sessions: 'held' })).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await endpoints.observe('shop')).toMatchObject({ version: 1, epoch: 1, sessions: 'open' });
    const session = await openSession(port);
    expect(await session.ask('a')).toBe('north:a');
    session.close();
    await endpoints.close();
  });

  it('shows a change only when sessions meet it', async () => {
    const folder = await temporaryFolder();
    await using north = await echoSite('north');
    const endpoints = await openEndpoints(folder, () => undefined);
    const port = await endpoints.publish('shop', { ...listener, sites: { north: north.address } });
    await endpoints.change('shop', 0, 1, { site: 'north', sessions: 'open' });
    await (await openSession(port)).ask('a');
    const held = endpoints.change('shop', 1, 2, { site: 'north', sessions: 'held' });
    const first = await eventually(
      () => endpoints.observe('shop'),
      ({ sessions }) => sessions === 'held',
      10_000,
      0,
    );

    expect(first.connected).toBe(0);
    await held;
    await endpoints.close();
  });

  it('names the sites it knows when it is to point to another', async () => {
    const folder = await temporaryFolder();
    const endpoints = await openEndpoints(folder, () => undefined);
    await endpoints.publish('shop', listener);

    await expect(endpoints.change('shop', 0, 1, { site: 'west', sessions: 'open' })).rejects.toThrow(
      'asked to point the endpoint to west; it knows north, south',
    );
    await endpoints.close();
  });
});
