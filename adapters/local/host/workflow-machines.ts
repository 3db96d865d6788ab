import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDefinitionText, readMachine, substitute } from '../../../engine/asl/index.ts';
import type { Clock, ExecutionStore, StoredMachine } from '../../../engine/runner/ports.ts';
import type { Addresses } from './addresses.ts';

interface WorkflowMachinesOptions {
  /** Holds a folder for each workflow, with `definition.asl.yaml` in it. */
  readonly folder: string;
  readonly store: Pick<ExecutionStore, 'machine' | 'putMachine'>;
  readonly addresses: Addresses;
  readonly functions: readonly string[];
  readonly clock: Clock;
}

/**
 * Puts every workflow of the folder into the store as a state machine of its name, `${name}` replaced by the ARN of
 * that function or workflow. A definition that did not change keeps its revision; executions keep the one they started with.
 * @throws Error with every problem and its place, when a definition cannot be used
 */
export async function createWorkflowMachines(options: WorkflowMachinesOptions): Promise<readonly StoredMachine[]> {
  const names = workflowNames(options.folder);
  return putMachines(
    names.map((name) => [name, readDefinition(definitionFile(options.folder, name), names, options)]),
    options,
  );
}

/**
 * Puts those workflows of the folder that this host can run, and gives the names of the others: they name a function that is
 * not here, or a workflow that is left out.
 */
export async function putUsableWorkflows(options: WorkflowMachinesOptions): Promise<readonly string[]> {
  const all = workflowNames(options.folder);
  const usable = new Set(all);
  const definitions = new Map<string, string>();
  for (let before = -1; before !== usable.size; ) {
    before = usable.size;
    for (const name of usable) {
      const reading = tryDefinition(definitionFile(options.folder, name), [...usable], options);
      if (typeof reading === 'string') definitions.set(name, reading);
      else usable.delete(name);
    }
  }
  await putMachines(
    [...definitions].filter(([name]) => usable.has(name)),
    options,
  );
  return all.filter((name) => !usable.has(name));
}

async function putMachines(
  definitions: readonly (readonly [name: string, definition: string])[],
  { store, addresses, clock }: WorkflowMachinesOptions,
): Promise<readonly StoredMachine[]> {
  const machines: StoredMachine[] = [];
  for (const [name, definition] of definitions) {
    const arn = addresses.machine(name);
    const revisionId = createHash('sha256').update(definition).digest('hex').slice(0, 32);
    const before = await store.machine(arn);
    const machine: StoredMachine =
      before?.revisionId === revisionId
        ? before
        : {
            arn,
            name,
            type: 'STANDARD',
            definition,
            revisionId,
            roleArn: addresses.role(),
            createdAt: before?.createdAt ?? clock.now(),
            ...(before && { updatedAt: clock.now() }),
          };
    if (machine !== before) await store.putMachine(machine);
    machines.push(machine);
  }
  return machines;
}

/** Folders with a definition in them. */
export const workflowNames = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => existsSync(definitionFile(folder, name)));

const definitionFile = (folder: string, name: string): string => join(folder, name, 'definition.asl.yaml');

function readDefinition(file: string, workflows: readonly string[], options: WorkflowMachinesOptions): string {
  const found = tryDefinition(file, workflows, options);
  if (typeof found === 'string') return found;
  throw new Error(`the workflow cannot be used:\n${found.problems.join('\n')}`);
}

/** The definition with its names replaced, or every problem with its place. */
function tryDefinition(
  file: string,
  workflows: readonly string[],
  { addresses, functions }: WorkflowMachinesOptions,
): string | { readonly problems: readonly string[] } {
  const text = readDefinitionText(readFileSync(file, 'utf8'));
  const resolve = (name: string) => {
    if (functions.includes(name)) return addresses.function(name);
    return workflows.includes(name) ? addresses.machine(name) : undefined;
  };
  const { definition, diagnostics: unknown } = text.ok
    ? substitute(text.definition, resolve)
    : { definition: '', diagnostics: text.diagnostics };
  const reading = readMachine(definition);
  const problems = unknown.length > 0 ? unknown : reading.ok ? [] : reading.diagnostics;
  if (problems.length === 0) return definition;
  return {
    problems: problems.map(({ code, message, location }) => {
      const { line, column } = text.locate(location);
      return `  ${file}:${line}:${column} ${code}: ${message}`;
    }),
  };
}
