import { spawn } from 'node:child_process';
import { StepFailure } from '../../../functions/step-failure.ts';
import { serverEnvironment } from '../server/server-environment.ts';
import type { ServerUser } from '../server/server-user.ts';

/** A command of pgBackRest that failed. */
export class PgBackRestFailure extends Error {
  override readonly name = 'PgBackRestFailure';
  /** pgBackRest's own number of the error, which is its exit code. (src/build/error/error.yaml) */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Numbers of errors that mean something to whoever asked. */
export const errors = { lock: 50, connect: 56, archiveTimeout: 82 } as const;

export interface PgBackRestCommand {
  readonly program: string;
  readonly user: ServerUser | undefined;
  readonly args: readonly string[];
  /** Secrets are given here: others read a command line, only its user the environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly input?: Buffer | undefined;
}

/**
 * Runs a command to its end and gives what it wrote. Exit code 0 is not success: `verify` has it whatever it finds.
 * @throws PgBackRestFailure
 * @throws StepFailure `Pointsman.StoreUnusable` when there is no pgBackRest
 */
export async function runPgBackRest({ program, user, args, environment, input }: PgBackRestCommand): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  // No folder of this process: its user may not be there.
  const child = spawn(program, args, { ...user, cwd: '/', env: { ...serverEnvironment(), ...environment } });
  const [output, words]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => void output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => void words.push(chunk));
  child.stdin.on('error', () => {}); // it ended before it read; its exit code tells
  child.stdin.end(input);
  child.on('error', (cause) => reject(notThere(program, cause)));
  child.on('close', (code) => resolve(code ?? -1));
  const code = await promise;
  if (code !== 0) throw new PgBackRestFailure(code, inWords(Buffer.concat(words).toString('latin1'), args, code));
  return Buffer.concat(output);
}

/** Its errors, without what a wrong key made of a file. */
function inWords(text: string, args: readonly string[], code: number): string {
  const from = text.indexOf('ERROR:');
  const words = (from < 0 ? text : text.slice(from)).replaceAll(/ERROR: |\[\d{3}\]: |[^\x20-\x7e]+/g, ' ');
  const shown = words.replaceAll(/\s+/g, ' ').trim().slice(0, 400);
  return `pgBackRest ${args[0]} failed (${code}): ${shown || 'it said nothing'}`;
}

const notThere = (program: string, cause: Error): StepFailure =>
  new StepFailure(
    'Pointsman.StoreUnusable',
    `${program} does not run (${cause.message}): install pgBackRest, or back up without it`,
    { cause },
  );
