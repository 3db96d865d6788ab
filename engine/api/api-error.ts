/** Refusals whose HTTP status is not 400. (API reference) */
const STATUSES: Readonly<Record<string, number>> = { ConflictException: 409, ServiceQuotaExceededException: 402 };

/** An answer that is a refusal, with the name and the text that Step Functions gives. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** `StateMachineDoesNotExist`, `ValidationException` …: what a client's SDK makes its exception of. */
  readonly code: string;
  readonly status: number;
  /** What the refusal says besides: `reason`, `resourceName`. */
  readonly members: Readonly<Record<string, string>>;

  constructor(code: string, message: string, status = STATUSES[code] ?? 400, members = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** Why a request is refused that breaks a rule and not a member's limits. (API reference, `ValidationExceptionReason`) */
type Reason =
  | 'API_DOES_NOT_SUPPORT_LABELED_ARNS'
  | 'MISSING_REQUIRED_PARAMETER'
  | 'CANNOT_UPDATE_COMPLETED_MAP_RUN'
  | 'INVALID_ROUTING_CONFIGURATION';

export const invalidRequest = (problem: string, reason?: Reason) =>
  new ApiError('ValidationException', problem, 400, reason === undefined ? {} : { reason });

export const resourceNotFound = (problem: string, resourceName: string) =>
  new ApiError('ResourceNotFound', problem, 400, { resourceName });

/** Standard machines and Express ones have operations that the other kind has not. */
export const typeNotSupported = () =>
  new ApiError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
