/** A stream that takes text. Writing never fails: a reader that went away shows as `Io.interrupted`. */
export interface Sink {
  readonly isTty: boolean;
  /** Width in characters, for what is redrawn. */
  readonly columns: number;
  write(text: string): void;
}

/** Why a command was asked to leave early. `EPIPE`: whoever read the output went away. */
export type Interruption = 'SIGINT' | 'SIGTERM' | 'EPIPE';

/** Everything a command may touch of the world, so that a test can be the world. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdinIsTty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the account this runs as, for when the environment names nobody; undefined when it has no name. */
  readonly userName: () => string | undefined;
  /** Absolute; where relative paths begin. */
  readonly cwd: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Minutes that local time is ahead of UTC at an instant: 60 in Berlin in winter. */
  readonly utcOffsetMinutes: (at: number) => number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Resolves after `ms`, or at once when `interrupted` fires. Never rejects. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Its reason is an `Interruption`. */
  readonly interrupted: AbortSignal;
  /** Text of a file, by absolute path; undefined when there is none. */
  readonly readText: (path: string) => Promise<string | undefined>;
  /** Names in a folder, by absolute path; undefined when there is none. */
  readonly listFolder: (path: string) => Promise<readonly string[] | undefined>;
  /** Writes a file anew, with the folders it stands in. */
  readonly writeText: (path: string, text: string) => Promise<void>;
  readonly appendText: (path: string, text: string) => Promise<void>;
  /** Asks on stderr and reads one line of stdin. Only called when both are terminals. */
  readonly ask: (question: string) => Promise<string>;
}

/** Which interruption fired; undefined while none has. */
export const interruption = ({ interrupted }: Io): Interruption | undefined =>
  interrupted.aborted ? (interrupted.reason as Interruption) : undefined;
