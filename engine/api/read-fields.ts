import * as z from 'zod/mini';
import { isObject } from '../data/json.ts';
import { ApiError } from './api-error.ts';
import { brokenConstraint } from './broken-constraint.ts';

/** Members that many operations have, with their limits. (API reference) */
export const fields = {
  arn: text(1, 256),
  /** Of a Map Run, which has several names in it. */
  longArn: text(1, 2000),
  name: text(1, 80),
  definition: text(1, 1_048_576),
  type: z.enum(['STANDARD', 'EXPRESS']),
  maxResults: z.int().check(z.gte(0), z.lte(1000)),
  nextToken: text(1, 1024),
  error: text(0, 256),
  cause: text(0, 32_768),
  description: text(0, 256),
  /** JSON text. */
  data: text(0, 262_144),
  traceHeader: text(0, 256).check(z.regex(/^\p{ASCII}*$/u)),
  includedData: z.enum(['ALL_DATA', 'METADATA_ONLY']),
};

export function text(shortest: number, longest: number) {
  return z.string().check(z.minLength(shortest), z.maxLength(longest));
}

/**
 * The members of a request that `shape` names; null counts as absent, further members are ignored.
 * @throws ApiError `ValidationException` in AWS's words; `SerializationException` for a value of another JSON type
 */
export function readFields<T extends z.ZodMiniType>(shape: T, request: unknown): z.output<T> {
  if (!isObject(request)) throw new ApiError('SerializationException', 'The request must be a JSON object');
  const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null));
  const result = shape.safeParse(given);
  if (result.success) return result.data;
  const problems = new Set(result.error.issues.map((issue) => brokenConstraint(issue, given)));
  const count = problems.size === 1 ? '1 validation error' : `${problems.size} validation errors`;
  throw new ApiError('ValidationException', `${count} detected: ${[...problems].join('; ')}`);
}
