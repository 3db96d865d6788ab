import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { StepFailure } from '../step-failure.ts';

/**
 * Turns unknown input into typed input, for a step function's `read`. Fields that the schema does not name are dropped.
 * @throws StepFailure `Pointsman.BadInput` naming the function and every field that is wrong
 */
export const reader =
  <Schema extends z.ZodMiniType>(name: string, schema: Schema) =>
  (raw: unknown): z.output<Schema> => {
    const read = schema.safeParse(raw, { error: en().localeError });
    if (read.success) return read.data;
    const problems = read.error.issues.map(
      ({ path, message }) => `${path.length === 0 ? 'input' : path.join('.')}: ${message}`,
    );
    throw new StepFailure('Pointsman.BadInput', `${name}: ${problems.join('; ')}`);
  };

export const serviceName = z
  .string()
  .check(z.regex(/^[a-z0-9-]{1,40}$/, 'a service name is lower-case letters, digits and "-", at most 40 characters'));

/** A lease bears the name of what it is a claim on: a service, `group:` a protected group, `backups:` that group's backups. */
export const leaseName = z
  .string()
  .check(
    z.regex(
      /^((group|backups):)?[a-z0-9-]{1,40}$/,
      'a lease is named after a service, or is "group:" or "backups:" and a group\'s name',
    ),
  );

export const digest = z
  .string()
  .check(z.regex(/^sha256:[0-9a-f]{64}$/, 'a digest is "sha256:" and 64 hexadecimal digits'));

/** Of the lease that the workflow holds. */
export const epoch = z.int().check(z.positive());

/** Who holds a lease: the ARN of the execution. */
export const owner = z.string().check(z.minLength(1), z.maxLength(300));

export const text = z.string().check(z.minLength(1));

export const seconds = z.number().check(z.positive());

/** Milliseconds since 1970. */
export const instant = z.int().check(z.nonnegative());
