import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Contender } from './engine.ts';
import type { Workload } from './workloads.ts';

const PACKAGE = 'aws-local-stepfunctions@3.0.0';

type Handler = (input: { readonly count: number }) => Promise<object>;

interface Library {
  readonly StateMachine: new (
    definition: object,
  ) => {
    run(input: object, options: object): { readonly result: Promise<unknown> };
  };
}

/** The npm library that runs ASL in memory, without a history: fetched into a folder of its own. Undefined, and said, when it cannot be. */
export async function fetchRival(folder: string): Promise<((workload: Workload) => Contender | undefined) | undefined> {
  try {
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, PACKAGE], {
      stdio: 'pipe',
    });
    const library: Library = createRequire(join(folder, 'index.js'))('aws-local-stepfunctions');
    return (workload) => rival(library, workload);
  } catch (thrown) {
    console.log(`${PACKAGE} is left out: ${String(thrown).split('\n')[0]}`);
    return undefined;
  }
}

function rival({ StateMachine }: Library, { definition, input }: Workload): Contender | undefined {
  if ('QueryLanguage' in definition) return undefined; // it knows JSONPath only
  const machine = new StateMachine(definition);
  const add: Handler = async ({ count }) => ({ count: count + 1 });
  const names = ['S1', 'S2', 'S3', 'S4', 'S5', 'Each'];
  const options = { overrides: { taskResourceLocalHandlers: Object.fromEntries(names.map((name) => [name, add])) } };
  return {
    name: PACKAGE.replace('@', ' '),
    run: async () => void (await machine.run(input, options).result),
    close: () => undefined,
  };
}
