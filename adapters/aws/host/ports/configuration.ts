import type { LambdaHost } from '../lambda-host.ts';
import { type FunctionConfiguration, hostConfiguration } from '../parameters.ts';

export const configuration = (host: LambdaHost): Promise<FunctionConfiguration> => hostConfiguration(host);
