import * as z from 'zod/mini';
import type { JsonObject } from '../../../../engine/data/json.ts';
import { reader, text } from '../../../../functions/ports/input.ts';
import type { StepFunction } from '../../../../functions/step-function.ts';
import type { StartedExecution, Starter } from '../ports/starter.ts';

const input = z.object({
  /** Name of the schedule, which begins the execution's. */
  schedule: text,
  workflow: text,
  input: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null, 'must be an object'),
  /** The instant it is for: `2026-11-27T02:00:00Z`, which EventBridge Scheduler puts in. */
  scheduledAt: z.string().check(z.refine((at) => !Number.isNaN(Date.parse(at)), 'must be an instant')),
});

export type StartScheduledInput = z.output<typeof input>;

/** Starts a workflow by the clock. The execution bears its schedule's name and instant, so the same instant starts it once. */
export const startScheduled: StepFunction<StartScheduledInput, StartedExecution, { readonly starter: Starter }> = {
  name: 'start-scheduled',
  read: reader('start-scheduled', input),
  run({ schedule, workflow, input: given, scheduledAt }, { starter }) {
    const at = Date.parse(scheduledAt);
    const stamp = new Date(at).toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
    return starter.start(workflow, `${schedule}-${stamp}`, { ...given, scheduledAt: at });
  },
};
