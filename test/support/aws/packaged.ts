import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzip } from '../../../scripts/unzip.ts';

const run = promisify(execFile);

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever CloudFormation has
  readonly Properties: any;
  readonly [more: string]: unknown;
}

/** What `npm run package:aws` makes. */
export interface Packaged extends AsyncDisposable {
  readonly folder: string;
  readonly template: { readonly Resources: Readonly<Record<string, Resource>>; readonly Outputs: object };
  readonly templateFile: string;
  /** By the function's name, its only file, unpacked. */
  readonly bundles: ReadonlyMap<string, string>;
  /** Names in each archive. */
  readonly contents: ReadonlyMap<string, readonly string[]>;
}

/** Packages as `npm run package:aws` does, without credentials, and where nothing outside this machine is reached. */
export async function packageAws(configuration: string): Promise<Packaged> {
  const made = await mkdtemp(join(tmpdir(), 'pointsman-aws-'));
  const folder = join(made, 'package');
  await serverless(['package', '--package', folder, '--param', `configuration=${configuration}`], { HOME: made });
  const templateFile = join(folder, 'cloudformation-template-update-stack.json');
  const bundles = new Map<string, string>();
  const contents = new Map<string, readonly string[]>();
  for (const file of await readdir(folder)) {
    if (!file.endsWith('.zip')) continue;
    const name = file.slice(0, -'.zip'.length);
    const files = unzip(await readFile(join(folder, file)));
    contents.set(name, [...files.keys()]);
    for (const [path, data] of files) {
      const place = join(made, 'unpacked', name, path);
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, data);
      bundles.set(name, place);
    }
  }
  return {
    folder,
    templateFile,
    template: JSON.parse(await readFile(templateFile, 'utf8')),
    bundles,
    contents,
    [Symbol.asyncDispose]: () => rm(made, { recursive: true, force: true }),
  };
}

/** Runs the serverless command of this project. @throws Error with what it said */
export async function serverless(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { PATH = '' } = process.env;
  const env = { PATH: `${join(root, 'node_modules', '.bin')}:${PATH}`, ...environment };
  const program = join(root, 'node_modules', '.bin', 'serverless');
  try {
    const { stdout, stderr } = await run(program, [...args], { cwd: root, env, maxBuffer: 1e8 });
    return stdout + stderr;
  } catch (thrown) {
    const { stdout = '', stderr = '' } = thrown as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`serverless ${args.join(' ')}:\n${stdout}\n${stderr}`, { cause: thrown });
  }
}

/** A text of the template as CloudFormation completes it, in account 000000000000 and eu-west-1. */
export function completed(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Sub': sub } = value as { readonly 'Fn::Sub'?: unknown };
  if (typeof sub !== 'string') throw new Error(`cannot complete ${JSON.stringify(value)}`);
  const known: Readonly<Record<string, string>> = {
    'AWS::Partition': 'aws',
    'AWS::Region': 'eu-west-1',
    'AWS::AccountId': '000000000000',
  };
  return sub.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => known[name] ?? `\${${name}}`);
}
