import { describe, expect, it } from 'vitest';
import { echoSite, openSession } from '../../../../test/support/echo-site.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { openEndpointSwitch } from './endpoint-switch.ts';

describe('openEndpointSwitch', () => {
  it('connects a session through to the site it points to', async () => {
    await using north = await echoSite('north');
    const opened = await openEndpointSwitch(0, { now: () => 7 });
    opened.turn(north.address, 'open');
    const session = await openSession(opened.port);

    expect(await session.ask('a')).toBe('north:a');
    expect([opened.connected(), opened.lastConnectedAt()]).toEqual([1, 7]);
    await opened.close();
  });

  it('keeps sessions waiting while it is held, and sends them where it points when it opens', async () => {
    await using north = await echoSite('north');
    await using south = await echoSite('south');
    const opened = await openEndpointSwitch(0);
    opened.turn(north.address, 'held');
    const session = await openSession(opened.port);
    const answer = session.ask('written while held');
    await eventually(
      async () => opened.waiting(),
      (waiting) => waiting === 1,
    );
    opened.turn(south.address, 'open');

    expect(await answer).toBe('south:written while held');
    expect(north.sessions()).toBe(0);
    await opened.close();
  });

  it('ends the sessions of the old site on both sides before the change returns', async () => {
    await using north = await echoSite('north');
    await using south = await echoSite('south');
    const opened = await openEndpointSwitch(0);
    opened.turn(north.address, 'open');
    const session = await openSession(opened.port);
    await session.ask('a');
    opened.turn(south.address, 'open');

    expect(opened.connected()).toBe(0);
    await session.ended;
    await eventually(
      async () => north.sessions(),
      (sessions) => sessions === 0,
    );
    await opened.close();
  });

  it('leaves sessions alone when the same place stays open', async () => {
    await using north = await echoSite('north');
    const opened = await openEndpointSwitch(0);
    opened.turn(north.address, 'open');
    const session = await openSession(opened.port);
    await session.ask('a');
    opened.turn({ ...north.address }, 'open');

    expect(await session.ask('b')).toBe('north:b');
    await opened.close();
  });

  it('ends sessions at once while it refuses', async () => {
    const opened = await openEndpointSwitch(0);
    const session = await openSession(opened.port);
    await session.ended;

    expect([opened.connected(), opened.waiting()]).toEqual([0, 0]);
    await opened.close();
  });

  it('ends a session that waited longer than its patience', async () => {
    const opened = await openEndpointSwitch(0, { patienceSeconds: 0.02 });
    opened.turn(undefined, 'held');
    const session = await openSession(opened.port);
    await session.ended;

    expect(opened.waiting()).toBe(0);
    await opened.close();
  });

  it('shows since when a site cannot be reached, until it can', async () => {
    const north = await echoSite('north');
    const { address } = north;
    await north[Symbol.asyncDispose]();
    let now = 100;
    const opened = await openEndpointSwitch(0, { now: () => now++ });
    opened.turn(address, 'open');
    await (await openSession(opened.port)).ended;
    await (await openSession(opened.port)).ended;
    expect(opened.failingSince()).toBe(100);

    await using south = await echoSite('south');
    opened.turn(south.address, 'open');
    await (await openSession(opened.port)).ask('a');
    expect(opened.failingSince()).toBeUndefined();
    await opened.close();
  });
});
