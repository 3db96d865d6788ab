import type { JsonObject } from '../../../engine/data/json.ts';
import { textIn } from '../aws-json.ts';
import type { HostConfiguration } from './packaging/host-configuration.ts';
import type { LambdaHost } from './lambda-host.ts';
import { opened } from './sealed.ts';

/**
 * What the functions are configured with, read from the Parameter Store once in a process: `<path>/services/shop`,
 * `<path>/groups/shop-data`, `<path>/notifications`, each JSON.
 * @throws StepFailure `Pointsman.NotConfigured`
 */
export const hostConfiguration = (host: LambdaHost): Promise<FunctionConfiguration> =>
  host.once('configuration', async () => {
    const path = host.variable('POINTSMAN_CONFIGURATION');
    const sections: { services: object; groups: object; notifications: unknown } = {
      services: {},
      groups: {},
      notifications: [],
    };
    for (const parameter of await parametersUnder(host, path)) {
      const full = textIn(parameter, 'Name');
      const [section, name] = full.slice(path.length + 1).split('/');
      const value = opened(full, textIn(parameter, 'Value'));
      if (section === 'notifications') sections.notifications = value;
      else if ((section === 'services' || section === 'groups') && name !== undefined)
        sections[section] = { ...sections[section], [name]: value };
    }
    return sections as FunctionConfiguration;
  });

/** What of the configuration functions know; schedules and networks are the stack's. */
export type FunctionConfiguration = Pick<HostConfiguration, 'services' | 'groups' | 'notifications'>;

/**
 * The secret behind `ssm:NAME`, read anew each time, so that a rotated one is found. It never reaches the log.
 * @throws Error that names the reference, never what it holds
 */
export function ssmSecret(host: LambdaHost, reference: string): () => Promise<string> {
  const Name = `${host.variable('POINTSMAN_SECRETS')}/${reference.slice('ssm:'.length)}`;
  return async () => {
    const { Parameter } = await host.aws('ssm')('GetParameter', { Name, WithDecryption: true });
    const value = (Parameter as JsonObject | undefined)?.['Value'];
    if (typeof value !== 'string' || value === '') throw new Error(`the parameter ${Name} holds no secret`);
    host.hide(value);
    return value;
  };
}

async function parametersUnder(host: LambdaHost, Path: string): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  let NextToken: string | undefined;
  do {
    const page: JsonObject = await host.aws('ssm')('GetParametersByPath', {
      Path,
      Recursive: true,
      ...(NextToken !== undefined && { NextToken }),
    });
    found.push(...(page['Parameters'] as readonly JsonObject[]));
    NextToken = typeof page['NextToken'] === 'string' ? page['NextToken'] : undefined;
  } while (NextToken !== undefined);
  return found;
}
