import type { MapRun } from '../runner/ports.ts';
import { ApiError } from './api-error.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { readMapRunArn } from './read-arn.ts';

/** The Map Run with this ARN. @throws ApiError `ResourceNotFound`, `InvalidArn` */
export async function mustHaveMapRun(store: StepFunctionsApiOptions['store'], arn: string): Promise<MapRun> {
  const run = await store.mapRun(readMapRunArn(arn));
  if (run === undefined) throw new ApiError('ResourceNotFound', 'Request references a resource that does not exist.');
  return run;
}
