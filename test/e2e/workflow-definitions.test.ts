import { existsSync, readFileSync, readdirSync } from 'node:fs';
import aslValidator from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { readDefinitionText, readMachine, type State, type TaskState } from '../../engine/asl/index.ts';
import { allStates } from '../../engine/rehearsal/all-states.ts';
import { stepFunctions } from '../../functions/index.ts';
import { defaultPolicy } from '../../functions/judge-canary/policy.ts';
import { canaryDefaults } from '../../functions/ports/canary-settings.ts';
import { workflowDefinition } from '../support/rollout-world.ts';

const folder = (name: string) => new URL(`../../workflows/${name}/`, import.meta.url);
const names = readdirSync(new URL('../../workflows/', import.meta.url), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

function statesOf(name: string): readonly State[] {
  const reading = readMachine(workflowDefinition(name), {
    knows: (arn) => arn.includes(':states:::states:startExecution'),
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.diagnostics, null, 2));
  return allStates(reading.machine);
}

const tasksOf = (name: string) => statesOf(name).filter((state): state is TaskState => state.type === 'Task');

describe.each(names)('the workflow %s', (name) => {
  it('is a machine without a problem, written in JSONata', () => {
    const text = readDefinitionText(readFileSync(new URL('definition.asl.yaml', folder(name)), 'utf8'));

    expect(text.ok && JSON.parse(text.definition)).toMatchObject({ QueryLanguage: 'JSONata' });
    expect(statesOf(name)).not.toEqual([]);
  });

  it('passes asl-validator, which nobody here wrote', () => {
    const { errors } = aslValidator(JSON.parse(workflowDefinition(name)));

    expect(
      errors,
      'AWS takes more than asl-validator does: write an expression of several lines in single quotes, which YAML folds into one line, and an empty text as "{% \'\' %}"',
    ).toEqual([]);
  });

  it('explains itself', () => {
    const missing = ['README.md', 'input.json'].filter((file) => !existsSync(new URL(file, folder(name))));

    expect(missing, `workflows/${name} needs a README.md, and an input.json with a sample input`).toEqual([]);
    expect(JSON.parse(readFileSync(new URL('input.json', folder(name)), 'utf8'))).toBeTypeOf('object');
  });

  it.each(tasksOf(name))('says of every task what is tried again and where everything else leads: $name', (task) => {
    expect(
      task.retry.length,
      `"${task.name}" has no Retry: every task says what is tried again (MaxAttempts: 0 for nothing)`,
    ).toBeGreaterThan(0);
    expect(
      task.catch.at(-1)?.errorEquals,
      `"${task.name}": the last Catch must take States.ALL, so that no failure ends the workflow half-way`,
    ).toEqual(['States.ALL']);
  });

  it.each(tasksOf(name))('never repeats a task whose lease is lost: $name', (task) => {
    const claims = ['acquire-lease', 'resolve-image', 'record-release', 'record-run', 'send-notice'];
    if (task.resource.kind !== 'function' || claims.some((claim) => task.resource.arn.endsWith(`:${claim}`))) return;
    const retrier = task.retry.find(({ errorEquals }) =>
      errorEquals.some((e) => e === 'Pointsman.LeaseLost' || e === 'States.ALL'),
    );

    expect(
      retrier?.maxAttempts,
      `"${task.name}": the first Retry that takes Pointsman.LeaseLost must have MaxAttempts: 0; somebody else changes the service now`,
    ).toBe(0);
  });

  it('calls functions that exist', () => {
    const called = tasksOf(name).flatMap(({ resource }) =>
      resource.kind === 'function' ? [resource.arn.split(':').at(-1)] : [],
    );

    expect(
      called.filter((each) => !stepFunctions.has(each ?? '')),
      `workflows/${name} calls functions that functions/index.ts does not list`,
    ).toEqual([]);
  });
});

describe('the sample input of the canary', () => {
  it('shows the defaults of its settings', () => {
    const { settings } = JSON.parse(readFileSync(new URL('input.json', folder('canary')), 'utf8'));

    expect(settings).toEqual({ ...canaryDefaults, ...defaultPolicy });
  });
});

describe('the step functions', () => {
  it('bear the names of their folders, and each is used by a workflow', () => {
    const folders = readdirSync(new URL('../../functions/', import.meta.url), { withFileTypes: true });
    const handlers = folders.flatMap((entry) => (entry.isDirectory() && entry.name !== 'ports' ? [entry.name] : []));
    const used = new Set(names.flatMap(tasksOf).map(({ resource }) => resource.arn.split(':').at(-1)));

    expect(
      [...stepFunctions.keys()].toSorted(),
      'functions/index.ts lists every folder of functions/, under its name',
    ).toEqual(handlers.toSorted());
    expect(
      handlers.filter((name) => !used.has(name)),
      'these step functions are used by no workflow: use them or remove them',
    ).toEqual([]);
  });
});
