import type { Ports } from '../../../../functions/ports/ports.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { rehearsed } from '../../../by-group.ts';
import { dynamoWriteEndpoint, type LeadClients } from '../../dynamodb/index.ts';
import { route53Address } from '../../route53-address.ts';
import type { LambdaHost } from '../lambda-host.ts';
import { hostConfiguration } from '../parameters.ts';

export async function endpoint(host: LambdaHost): Promise<Ports['endpoint']> {
  const { groups } = await hostConfiguration(host);
  const point = route53Address(host.environment);
  const lead: LeadClients = async (group, site) => {
    const address = groups[group]?.address;
    if (address === undefined || rehearsed(group) !== group) return; // clients follow another one; nobody reaches a rehearsal
    const to = address.sites[site];
    if (to === undefined)
      throw new StepFailure(
        'Pointsman.NotConfigured',
        `groups.${group}.address.sites names no host of the site ${site}`,
      );
    await point(address, to);
  };
  return dynamoWriteEndpoint(host.table(), lead);
}
