/** Name of what is released: lower-case letters, digits and `-`, at most 40 characters. */
export type ServiceName = string;

/** Digest of the image manifest, `sha256:` and 64 hexadecimal digits. It names a release for ever. */
export type Digest = string;

/** One running copy of a release, as the target shows it. */
export interface Instance {
  /** Unique in the target for ever. */
  readonly id: string;
  readonly release: Digest;
  /** Where it serves HTTP: `http://127.0.0.1:41234`. */
  readonly url: string;
  /** `starting` until its readiness check answered 2xx; `stopping` from the first request to end until it is gone. */
  readonly phase: 'starting' | 'ready' | 'stopping' | 'exited';
  /** Why it is in this phase, for people: `readiness answered 503`, `exited with code 1 after 0.4 s`. */
  readonly detail: string;
  /** The newest lines of its output, oldest first, at most 20. */
  readonly lastLogLines: readonly string[];
}
