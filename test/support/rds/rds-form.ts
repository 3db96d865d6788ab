import { RdsFault } from './rds-model.ts';

/** A request of AWS Query. */
export interface RdsCall {
  readonly region: string;
  readonly form: URLSearchParams;
}

export function required({ form }: RdsCall, name: string): string {
  const value = form.get(name);
  if (value) return value;
  throw new RdsFault('MissingParameter', `The request must contain the parameter ${name}`);
}

/** A list, as `Name.element.1`. */
export const listed = ({ form }: RdsCall, name: string): string[] =>
  [...form].flatMap(([key, value]) => (new RegExp(`^${name}\\.\\w+\\.\\d+$`).test(key) ? [value] : []));

export function tagsOf({ form }: RdsCall): Map<string, string> {
  const tags = new Map<string, string>();
  for (const [key, name] of form) {
    const at = /^Tags\.\w+\.(\d+)\.Key$/.exec(key)?.[1];
    const value = form.get(key.replace(/Key$/, 'Value')) ?? '';
    if (at === undefined) continue;
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(name + value) || name.length > 128 || value.length > 256)
      throw new RdsFault('InvalidParameterValue', `The tag ${name} takes no value ${value}`);
    tags.set(name, value);
  }
  return tags;
}

/** Lower-cased as RDS does, and refused as RDS does. */
export function newIdentifier(call: RdsCall, name: string): string {
  const given = required(call, name).toLowerCase();
  if (/^[a-z](-?[a-z0-9])*$/.test(given) && given.length <= 63) return given;
  throw new RdsFault('InvalidParameterValue', `The parameter ${name} is not a valid identifier: ${given}`);
}
