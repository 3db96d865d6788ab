import type { MapRun } from '../runner/ports.ts';
import { resourceNotFound } from './api-error.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { readMapRunArn } from './read-arn.ts';

/** The Map Run with this ARN. @throws ApiError `ResourceNotFound`, `InvalidArn` */
export async function mustHaveMapRun(store: StepFunctionsApiOptions['store'], arn: string): Promise<MapRun> {
  const run = await store.mapRun(readMapRunArn(arn));
  if (run === undefined) throw resourceNotFound('Request references a resource that does not exist.', arn);
  return run;
}
