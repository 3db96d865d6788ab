import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { StepFailure } from '../../functions/step-failure.ts';
import { firstProblem } from './first-problem.ts';

const command = z.array(z.string()).check(z.minLength(1, 'a list that is not empty'));
const packageJson = z.object({
  main: z.optional(z.string()),
  pointsman: z.optional(z.object({ command: z.optional(command) })),
});

/**
 * How what is in `folder` is started: `asked` when given, else package.json's `pointsman.command`, else Node with
 * package.json's `main`.
 * @throws StepFailure `Pointsman.BadInput` when none of them says
 */
export async function startCommand(folder: string, asked?: readonly string[]): Promise<readonly string[]> {
  if (asked !== undefined) return read(command, asked, 'command');
  const file = join(folder, 'package.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw nothingSays(folder, 'there is no package.json');
  const { main, pointsman } = read(packageJson, parse(text, file), file);
  if (pointsman?.command !== undefined) return pointsman.command;
  if (main !== undefined) return ['node', main];
  throw nothingSays(folder, 'its package.json has neither "pointsman.command" nor "main"');
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StepFailure('Pointsman.BadInput', `${file} is not JSON`, { cause });
  }
}

function read<T>(schema: z.ZodMiniType<T>, value: unknown, name: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new StepFailure('Pointsman.BadInput', `${name}: ${firstProblem(result.error, value)}`);
}

const nothingSays = (folder: string, found: string) =>
  new StepFailure(
    'Pointsman.BadInput',
    `${folder}: nothing says how to start it: ${found}; give a command, or add "pointsman": {"command": ["node", "server.js"]} to package.json`,
  );
