import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stepFunctions } from '../../../../functions/index.ts';
import { entries } from '../entries/index.ts';

/** Folder of the files that are bundled, from the folder of serverless.yml. */
export const entryFolder = 'build/aws';

/** Every function that becomes a Lambda, and the ports it is opened with. */
export const lambdaPorts = (): ReadonlyMap<string, readonly string[]> =>
  new Map([...[...stepFunctions.values()].map(({ name, needs }) => [name, needs] as const), ...entries]);

/**
 * Writes for each function the few lines that name its step function and the files of its ports: what is bundled is what they
 * import, and nothing of the others. Files of functions that are gone are removed.
 */
export function writeEntries(root: string): void {
  const folder = join(root, entryFolder);
  mkdirSync(folder, { recursive: true });
  const functions = lambdaPorts();
  for (const file of readdirSync(folder))
    if (!functions.has(file.replace(/\.ts$/, ''))) rmSync(join(folder, file), { recursive: true });
  for (const [name, ports] of functions) writeFileSync(join(folder, `${name}.ts`), entryOf(name, ports));
}

function entryOf(name: string, ports: readonly string[]): string {
  const host = '../../adapters/aws/host';
  const step = entries.has(name) ? `${host}/entries/${name}.ts` : `../../functions/${name}/handler.ts`;
  return [
    `import { ${camelCase(name)} } from '${step}';`,
    `import { lambdaHandler } from '${host}/lambda-handler.ts';`,
    ...ports.map((port) => `import { ${port} } from '${host}/ports/${port}.ts';`),
    '',
    `export const handler = lambdaHandler(${camelCase(name)}, { ${ports.join(', ')} });`,
    '',
  ].join('\n');
}

const camelCase = (name: string): string => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
