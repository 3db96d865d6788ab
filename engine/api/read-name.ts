import { ApiError } from './api-error.ts';

/** White space, brackets, wildcards, the characters of ARNs and shells, control characters. (API reference, `name`) */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/u;

/** The name of a state machine or an execution. @throws ApiError `InvalidName` */
export function readName(name: string): string {
  if (FORBIDDEN.test(name)) throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
  return name;
}
