/** How a function's error shows in a workflow. */
interface FunctionError {
  /** What `ErrorEquals` compares: the error's name. */
  readonly error: string;
  /** JSON text. */
  readonly cause: string;
}

/** A failure whose error and cause are texts of a service, not an exception of a function. */
export class ServiceError extends Error {
  override readonly name: string;

  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/**
 * The error and cause that Step Functions shows for what a Node.js function on Lambda throws: `errorType`, `errorMessage`
 * and `trace`. (Lambda developer guide, "Lambda function errors in Node.js")
 */
export function functionError(thrown: unknown): FunctionError {
  if (thrown instanceof ServiceError) return { error: thrown.name, cause: thrown.message };
  const shown =
    thrown instanceof Error
      ? { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') }
      : { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return { error: shown.errorType, cause: JSON.stringify(shown) };
}
