import { StepFailure } from '../../../functions/step-failure.ts';

/** What a backup needs and cannot be had. */
export const unusable = (problem: string, cause?: unknown): StepFailure =>
  new StepFailure('Pointsman.BackupUnusable', problem, { cause });

/** Why something failed, in words. */
export const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Whether a file is not there. */
export const isMissing = (thrown: unknown): boolean => (thrown as { readonly code?: unknown }).code === 'ENOENT';
