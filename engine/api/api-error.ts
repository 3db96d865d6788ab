/** An answer that is a refusal, with the name and the text that Step Functions gives. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** `StateMachineDoesNotExist`, `ValidationException` …: what a client's SDK makes its exception of. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Standard machines and Express ones have operations that the other kind has not. */
export const typeNotSupported = () =>
  new ApiError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
