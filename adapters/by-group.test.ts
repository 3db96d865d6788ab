import { expect, it } from 'vitest';
import { endpointsByGroup } from './by-group.ts';
import { memoryWriteEndpoint } from './memory/write-endpoint.ts';

it('a rehearsal never changes the address of the group that it rehearses, and has an endpoint of its own', async () => {
  const addresses = memoryWriteEndpoint();
  const endpoint = endpointsByGroup(new Map([['shop', {}]]), addresses, memoryWriteEndpoint());
  await endpoint.change('shop', 0, 1, { site: 'north', sessions: 'open' });
  await endpoint.change('shop--drill', 0, 1, { site: 'south', sessions: 'held' });

  expect(await endpoint.observe('shop--drill')).toMatchObject({ version: 1, site: 'south', sessions: 'held' });
  expect(await addresses.observe('shop')).toMatchObject({ version: 1, site: 'north', sessions: 'open' });
  expect(await addresses.observe('shop--drill')).toMatchObject({ version: 0 });
});
