import type { Ports } from '../../../../functions/ports/ports.ts';
import { configuredPlans } from '../../../configured-plans.ts';
import type { LambdaHost } from '../lambda-host.ts';
import { hostConfiguration } from '../parameters.ts';

export async function plans(host: LambdaHost): Promise<Ports['plans']> {
  const { groups } = await hostConfiguration(host);
  const planned = Object.entries(groups).map(([name, { store, ...group }]) => [name, { ...group, sites: store.sites }]);
  return configuredPlans(Object.fromEntries(planned));
}
