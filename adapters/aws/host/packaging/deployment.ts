import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { type HostConfiguration, readHostConfiguration } from './host-configuration.ts';
import { lambdaFunctions } from './lambda-functions.ts';
import { stateMachines } from './state-machines.ts';
import { stackResources } from './stack-resources.ts';
import { readWorkflows } from './workflows.ts';
import { writeEntries } from './write-entries.ts';

/** The folder of serverless.yml. */
export const root = fileURLToPath(new URL('../../../../', import.meta.url));

interface Asked {
  readonly stage: string;
  /** File of the configuration, from the folder of serverless.yml; see `host-configuration.ts`. */
  readonly configuration: string;
}

/**
 * What serverless.yml takes over: every function of `functions/index.ts` and of `../entries/`, every folder of `workflows/`, and
 * all that stands around them. Writes the files that are bundled into `build/aws`.
 * @throws StepFailure `Pointsman.NotConfigured` naming every problem of the configuration
 */
export function deployment({ stage, configuration: file }: Asked) {
  const configuration = readConfigurationFile(file);
  const place = { stage, prefix: `pointsman-${stage}` };
  const workflows = readWorkflows(join(root, 'workflows'));
  writeEntries(root);
  const lambda = lambdaFunctions(place, configuration);
  const machines = stateMachines(place, workflows);
  return {
    functions: lambda.functions,
    stateMachines: machines.stateMachines,
    resources: {
      Resources: { ...lambda.resources, ...machines.resources, ...stackResources(place, configuration, workflows) },
    },
  };
}

/** Where a stack stands. */
export interface Place {
  readonly stage: string;
  /** Of the names of all that it makes: `pointsman-dev`. */
  readonly prefix: string;
}

function readConfigurationFile(file: string): HostConfiguration {
  const path = resolve(root, file);
  if (!existsSync(path)) throw new StepFailure('Pointsman.NotConfigured', `there is no configuration file ${path}`);
  return readHostConfiguration(parsed(readFileSync(path, 'utf8'), file), file);
}

function parsed(text: string, file: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new StepFailure('Pointsman.NotConfigured', `${file} is not YAML: ${why}`);
  }
}
