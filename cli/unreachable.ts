/** For the `default` of a switch over all members of a union: the compiler refuses it when one is missing. */
export function unreachable(value: never): never {
  throw new Error(`not expected: ${JSON.stringify(value)}`);
}
