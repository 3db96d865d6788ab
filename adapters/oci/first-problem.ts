import type * as z from 'zod/mini';

/**
 * The first thing wrong with `value`: `events[0].target.digest: expected text, found 42`.
 * `within` is where `value` itself was found, when it is part of something larger.
 */
export function firstProblem(error: z.core.$ZodError, value: unknown, within = ''): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'unknown problem';
  const where = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${`${within}${where}`.replace(/^\./, '') || 'the document'}: expected ${wanted(issue)}, found ${shown(at(value, issue.path))}`;
}

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'string' ? 'text' : `${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    default:
      return issue.message;
  }
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined),
    value,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
