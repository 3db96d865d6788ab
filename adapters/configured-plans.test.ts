import { describe, expect, it } from 'vitest';
import { checkConfiguration } from './configuration.ts';
import { configuredPlans } from './configured-plans.ts';

const site = (name: string) => ({ key: `env:${name.toUpperCase()}_KEY` });
const shop = {
  store: { type: 'postgres', password: 'env:SHOP_PASSWORD' },
  sites: { north: site('north'), south: site('south') },
};
const plansOf = (group: object) =>
  configuredPlans(checkConfiguration({ groups: { shop: group } }, 'pointsman.yaml').groups);

describe('groups of the configuration', () => {
  it('become plans, with home first and copies to all other sites', async () => {
    expect(await plansOf(shop).read('shop')).toMatchObject({
      group: 'shop',
      sites: ['north', 'south'],
      objectives: { rtoSeconds: 60, rpoSeconds: 5 },
      backup: { fullEvery: 7, copyTo: ['south'] },
    });
  });

  it('get another plan version when anything that was decided changes, and not for another port', async () => {
    const { version } = await plansOf(shop).read('shop');

    expect((await plansOf({ ...shop, port: 5432 }).read('shop')).version).toBe(version);
    expect((await plansOf({ ...shop, catchUpSeconds: 3 }).read('shop')).version).not.toBe(version);
  });

  it('give a rehearsal the plan of the group it rehearses', async () => {
    const plans = plansOf(shop);

    expect(await plans.read('shop--drill')).toEqual({ ...(await plans.read('shop')), group: 'shop--drill' });
  });

  it('name the groups there are when another is asked for', async () => {
    await expect(plansOf(shop).read('mail')).rejects.toThrow('there is no protected group mail; there are shop');
  });

  it.each([
    ['one site', { ...shop, sites: { north: site('north') } }, 'a group has at least two sites'],
    ['a copy to nowhere', { ...shop, backup: { copyTo: ['west'] } }, 'names a site that is not among the sites'],
    ['a secret in plain text', { ...shop, store: { type: 'postgres', password: 'hunter2' } }, 'env:NAME or file:PATH'],
  ])('are refused with %s', (_, group, problem) => {
    expect(() => plansOf(group)).toThrow(problem);
  });
});
