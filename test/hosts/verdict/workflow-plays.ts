import { readdirSync, readFileSync } from 'node:fs';
import { readDefinitionText, substitute } from '../../../engine/asl/index.ts';
import { readCase, type TestCase } from '../../../engine/rehearsal/index.ts';
import { stepFunctions } from '../../../functions/index.ts';

/** What goes wrong beside what the case says, at the first call of a state's task. */
export interface Disturbance {
  readonly state: string;
  /** As Step Functions shows a function whose process ended, and one that took longer than it may. */
  readonly error: 'Runtime.ExitError' | 'Sandbox.Timedout';
}

/** One run of a workflow, to be the same on every host. */
export interface Play {
  readonly id: string;
  readonly workflow: string;
  readonly given: TestCase;
  readonly disturbance: Disturbance | undefined;
}

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';
export const functionArn = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
export const machineArn = (name: string): string => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;

const home = new URL('../../../workflows/', import.meta.url);

export const workflows: readonly string[] = readdirSync(home, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** A definition as a host with our account and region would create it. */
export function definitionOf(workflow: string): string {
  const text = readDefinitionText(readFileSync(new URL(`${workflow}/definition.asl.yaml`, home), 'utf8'));
  if (!text.ok) throw new Error(`${workflow}: ${text.diagnostics.map(({ message }) => message).join('; ')}`);
  const arnOf = (name: string) => (stepFunctions.has(name) ? functionArn(name) : machineArn(name));
  return substitute(text.definition, arnOf).definition;
}

/**
 * Every case of every workflow; and for each state with a task, the first case that mocks it once more with the function's
 * process ending there, and once with it taking too long.
 */
export function workflowPlays(): readonly Play[] {
  return workflows.flatMap((workflow) => {
    const cases = casesOf(workflow);
    const disturbed = new Map<string, Play>();
    for (const [file, given] of cases)
      for (const state of Object.keys(given.mocks))
        for (const error of ['Runtime.ExitError', 'Sandbox.Timedout'] as const) {
          const id = `${workflow}/${file}: ${error} at ${state}`;
          if (!disturbed.has(`${state} ${error}`))
            disturbed.set(`${state} ${error}`, { id, workflow, given, disturbance: { state, error } });
        }
    const undisturbed = cases.map(([file, given]) => ({
      id: `${workflow}/${file}`,
      workflow,
      given,
      disturbance: undefined,
    }));
    return [...undisturbed, ...disturbed.values()];
  });
}

function casesOf(workflow: string): readonly (readonly [file: string, given: TestCase])[] {
  const folder = new URL(`${workflow}/cases/`, home);
  return readdirSync(folder).map((file) => {
    const read = readCase(readFileSync(new URL(file, folder), 'utf8'));
    if ('problems' in read) throw new Error(`${workflow}/cases/${file}: ${read.problems.join('; ')}`);
    return [file.replace(/\.yaml$/, ''), read.case];
  });
}
