/** Requests of the load that went out in the same second and ended the same way. */
export interface Tally {
  /** When they were sent: whole seconds since 1970. */
  readonly second: number;
  /** The act that was playing when they were sent. */
  readonly act: number;
  /** False for those sent while the host was dead. */
  readonly hostAlive: boolean;
  /** The version that answered; null when no release did. */
  readonly version: string | null;
  /** HTTP status, or what went wrong instead: `ECONNRESET`, `timeout`, `not sent`. */
  readonly outcome: string;
  readonly requests: number;
}

/** Requests and failures together. */
export interface Count {
  readonly requests: number;
  readonly failures: number;
}

/** Everything but an answer of 2xx or 3xx counts as failed. */
const isFailure = ({ outcome }: Pick<Tally, 'outcome'>): boolean => !/^[23]\d\d$/.test(outcome);

export function count(tallies: readonly Tally[]): Count {
  const sum = (some: readonly Tally[]) => some.reduce((total, { requests }) => total + requests, 0);
  return { requests: sum(tallies), failures: sum(tallies.filter(isFailure)) };
}

/** Adds up tallies that differ in nothing but their number. */
export function merge(tallies: readonly Tally[]): Tally[] {
  const groups = Map.groupBy(tallies, ({ second, act, hostAlive, version, outcome }) =>
    JSON.stringify([second, act, hostAlive, version, outcome]),
  );
  return [...groups.values()].flatMap((group) => (group[0] ? [{ ...group[0], requests: count(group).requests }] : []));
}
