import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDefinitionText, substitute } from '../../../../engine/asl/index.ts';
import type { JsonObject } from '../../../../engine/data/json.ts';

/** A workflow, and what it names as `${name}`. */
export interface Workflow {
  readonly name: string;
  readonly calls: ReadonlySet<string>;
  /** Whether it waits for the end of machines that it starts. */
  readonly awaits: boolean;
  /** Its definition with every `${name}` replaced, and nothing else changed. @throws Error naming what nothing is known of */
  definition(resolve: (name: string) => string | undefined): JsonObject;
}

/** Every folder with a definition, by name. */
export function readWorkflows(folder: string): ReadonlyMap<string, Workflow> {
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'definition.asl.yaml')));
  return new Map(names.map((name) => [name, readWorkflow(name, join(folder, name, 'definition.asl.yaml'))]));
}

function readWorkflow(name: string, file: string): Workflow {
  const text = readDefinitionText(readFileSync(file, 'utf8'));
  if (!text.ok) throw new Error(`${file}: ${text.diagnostics.map(({ message }) => message).join('; ')}`);
  const calls = new Set<string>();
  substitute(text.definition, (called) => {
    calls.add(called);
    return called;
  });
  return {
    name,
    calls,
    awaits: text.definition.includes(':states:startExecution.sync'),
    definition(resolve) {
      const { definition, diagnostics } = substitute(text.definition, resolve);
      if (diagnostics.length > 0) throw new Error(`${file}: ${diagnostics.map(({ message }) => message).join('; ')}`);
      return JSON.parse(definition);
    },
  };
}
