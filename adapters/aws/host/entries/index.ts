/**
 * Functions beside the workflows, by name, and the ports they need: files of `../ports/`. Each is exported from the file of its
 * name, in camel case, as step functions are.
 */
export const entries: ReadonlyMap<string, readonly string[]> = new Map([
  ['give-order', ['clock', 'leases', 'orders']],
  ['start-rollout', ['configuration', 'images', 'ledger', 'starter']],
  ['start-scheduled', ['starter']],
]);
