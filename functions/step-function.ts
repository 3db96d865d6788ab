/** What a host tells a step function about the call, beside its input. */
export interface Call {
  /** The same for every repetition of the same attempt. */
  readonly key: string;
  /** Aborted when the outcome no longer matters. */
  readonly signal: AbortSignal;
}

/**
 * A step function as hosts see it: `read` turns unknown input into typed input or throws StepFailure `Pointsman.BadInput`
 * naming what was wrong; `run` does the work and knows no host.
 */
export interface StepFunction<Input, Output, Ports> {
  readonly name: string;
  readonly read: (raw: unknown) => Input;
  readonly run: (input: Input, ports: Ports, call: Call) => Promise<Output>;
}
