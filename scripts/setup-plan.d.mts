/** What setup sees of the machine it runs on. */
export interface Machine {
  /** `process.platform`, `process.arch` and `process.versions.node`. */
  readonly platform: string;
  readonly arch: string;
  readonly node: string;
  /** True on a Linux whose C library is musl (Alpine): the pinned Node is built for glibc. */
  readonly musl: boolean;
  /** True when `node_modules/.bin/node` is there, which npm puts before every other Node. */
  readonly pinnedNode: boolean;
  /** The stamp that the last finished installation left; undefined when there is none. */
  readonly installed: string | undefined;
  /** The stamp an installation of today's package-lock.json on this system would leave. */
  readonly wanted: string;
}

/** `refuse` carries one sentence that says what to install. */
export type SetupPlan =
  | { readonly kind: 'ready' }
  | { readonly kind: 'install'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly sentence: string };

/** What setup has to do on this machine. Pure. */
export function planSetup(machine: Machine): SetupPlan;
