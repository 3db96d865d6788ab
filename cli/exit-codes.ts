/** What each exit code means. They are contract: scripts and CI decide by them, in text mode and in JSON mode alike. */
export const exitCodes = {
  /** Done, and what was asked for succeeded. */
  ok: 0,
  /** Unexpected: a bug, the network, a 5xx answer. */
  unexpected: 1,
  /** The command line or a file is wrong. */
  usage: 2,
  /** The execution or rollout ended FAILED, TIMED_OUT, ABORTED, or was taken back. */
  ended: 3,
  /** Not signed in, or not allowed. */
  denied: 4,
  notFound: 5,
  /** `--timeout` passed; the work is still running. */
  timeout: 6,
  /** Refused by the state of things: a lock, a conflict, not ready. */
  refused: 7,
  /** Only a task token can let it go on, and `--no-wait-approval` was given. */
  approval: 8,
  /** A confirmation is needed and nobody can be asked. */
  unconfirmed: 9,
  /** Interrupted: detached, the work goes on. */
  interrupted: 130,
  /** The same, asked by SIGTERM. */
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
