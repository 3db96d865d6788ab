import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { counted, coverageOf, judgeCase, mockProblems, readCase, rehearse } from '../../engine/rehearsal/index.ts';
import { workflowDefinition } from '../support/rollout-world.ts';
import { mustRead } from '../support/run-machine.ts';

const folder = (workflow: string) => new URL(`../../workflows/${workflow}/cases/`, import.meta.url);

function casesOf(workflow: string) {
  return readdirSync(folder(workflow)).map((file) => {
    const read = readCase(readFileSync(new URL(file, folder(workflow)), 'utf8'));
    if ('problems' in read) throw new Error(`${workflow}/cases/${file}: ${read.problems.join('\n')}`);
    return { file, given: read.case };
  });
}

const workflows = readdirSync(new URL('../../workflows/', import.meta.url), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

describe.each(workflows)('the workflow %s', (workflow) => {
  const machine = mustRead(workflowDefinition(workflow));
  const cases = casesOf(workflow);

  it.each(cases)('$file', async ({ given }) => {
    expect(mockProblems(machine, given)).toEqual([]);
    expect(judgeCase(given, await rehearse(machine, given))).toEqual([]);
  });

  it('has cases for every state and every rule', async () => {
    const runs = await Promise.all(cases.map(({ given }) => rehearse(machine, given)));
    const { states, rules } = counted(coverageOf(machine, runs));

    expect(states.reached).toBe(states.total);
    expect(rules.reached).toBe(rules.total);
  });
});
