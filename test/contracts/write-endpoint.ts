import { describe, expect, it } from 'vitest';
import type { WriteEndpoint } from '../../functions/ports/recovery/write-endpoint.ts';

interface EndpointSetup extends AsyncDisposable {
  /** An endpoint of the group `shop` with the sites `north` and `south`, never pointed anywhere. */
  readonly endpoint: WriteEndpoint;
}

/** What `WriteEndpoint` promises whatever stands behind it. Every implementation runs it. */
export function writeEndpointContract(name: string, setup: () => Promise<EndpointSetup>): void {
  describe(`${name} as WriteEndpoint`, () => {
    it('refuses sessions until it is pointed somewhere', async () => {
      await using made = await setup();

      expect(await made.endpoint.observe('shop')).toMatchObject({ version: 0, epoch: 0, sessions: 'refused' });
    });

    it('grows its version by one with every change, and shows what was asked for', async () => {
      await using made = await setup();
      await made.endpoint.change('shop', 0, 3, { site: 'north', sessions: 'open' });
      const changed = await made.endpoint.change('shop', 1, 3, { site: 'north', sessions: 'held' });

      expect(changed).toMatchObject({ group: 'shop', version: 2, epoch: 3, site: 'north', sessions: 'held' });
      expect(await made.endpoint.observe('shop')).toEqual(changed);
    });

    it('refuses a change of another version and changes nothing', async () => {
      await using made = await setup();
      await made.endpoint.change('shop', 0, 1, { site: 'north', sessions: 'open' });

      await expect(made.endpoint.change('shop', 0, 1, { site: 'south', sessions: 'open' })).rejects.toMatchObject({
        name: 'Pointsman.EndpointChanged',
      });
      expect(await made.endpoint.observe('shop')).toMatchObject({ version: 1, site: 'north' });
    });

    it('refuses a lower epoch and changes nothing', async () => {
      await using made = await setup();
      await made.endpoint.change('shop', 0, 5, { site: 'north', sessions: 'open' });

      await expect(made.endpoint.change('shop', 1, 4, { site: 'south', sessions: 'open' })).rejects.toMatchObject({
        name: 'Pointsman.LeaseLost',
      });
      expect(await made.endpoint.observe('shop')).toMatchObject({ epoch: 5, site: 'north' });
    });
  });
}
