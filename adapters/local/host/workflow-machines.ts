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
  const { folder, store, addresses, clock } = options;
  const names = workflowNames(folder);
  const machines: StoredMachine[] = [];
  for (const name of names) {
    const definition = readDefinition(definitionFile(folder, name), names, options);
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
  const { addresses, functions } = options;
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
  const lines = problems.map(({ code, message, location }) => {
    const { line, column } = text.locate(location);
    return `  ${file}:${line}:${column} ${code}: ${message}`;
  });
  throw new Error(`the workflow cannot be used:\n${lines.join('\n')}`);
}
