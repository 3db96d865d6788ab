export { ApiError } from './api-error.ts';
export { stepFunctionsOperations, type StepFunctionsOperations } from './operations.ts';
export type { StepFunctionsApiOptions } from './options.ts';
export type { Authentication } from './verify-signature.ts';
export { stepFunctionsApi, type StepFunctionsApi } from './step-functions-api.ts';
