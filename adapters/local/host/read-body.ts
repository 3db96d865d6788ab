import type { Context } from 'hono';
import * as z from 'zod/mini';
import { Refusal } from './refusal.ts';

/** The request's JSON. @throws Refusal 400 naming every field that cannot be used */
export async function readBody<T extends z.ZodMiniType>(c: Context, shape: T): Promise<z.output<T>> {
  const text = await c.req.text();
  const result = shape.safeParse(parse(text === '' ? '{}' : text), { error: z.locales.en().localeError });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
  throw new Refusal(400, 'InvalidRequest', problems.join('; '));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'InvalidRequest', 'the body is not JSON');
  }
}
