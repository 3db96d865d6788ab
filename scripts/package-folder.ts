import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

interface Command {
  readonly usage: string;
  /** Where it writes when no `--out` is given. */
  readonly out: string;
  /** Other options, each with a value. */
  readonly more?: readonly string[];
}

/** What goes into package.json. */
interface Manifest {
  readonly name: string;
  readonly [member: string]: unknown;
}

/** The values of a command's options. */
interface Options {
  readonly out: string;
  readonly [name: string]: string | undefined;
}

/** `--out` as a whole path, and the other options; `--help`, and what is no option, end the command with its usage. */
export function readOptions({ usage, out, more = [] }: Command): Options {
  try {
    const withValue = Object.fromEntries(['out', ...more].map((name) => [name, { type: 'string' } as const]));
    const { values } = parseArgs({ options: { ...withValue, help: { type: 'boolean' } } });
    if (values['help'] !== true) {
      const given = values as Readonly<Record<string, string | undefined>>;
      return { ...given, out: resolve(given['out'] ?? out) };
    }
    console.log(usage);
    return process.exit(0);
  } catch (thrown) {
    return endWith(`${thrown instanceof Error ? thrown.message : String(thrown)}\n${usage}`);
  }
}

/**
 * Empties the folder that a package is written to, and begins it with its package.json. Only a folder that is new, empty, or
 * bears a package of that name is emptied: `--out .` must not end a checkout.
 */
export function beginPackage(folder: string, manifest: Manifest): void {
  if (existsSync(folder)) {
    if (!isFree(folder, manifest.name))
      endWith(`${folder} holds what this command did not make, and is left as it is: name another folder`);
    rmSync(folder, { recursive: true });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Ends the command with a sentence in the place of a stack. */
export function endWith(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

function isFree(folder: string, name: string): boolean {
  if (!statSync(folder).isDirectory()) return false;
  if (readdirSync(folder).length === 0) return true;
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name === name;
  } catch {
    return false; // there is none, or it is none of ours
  }
}
