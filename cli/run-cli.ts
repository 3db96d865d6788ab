import { type Command, CommanderError } from 'commander';
import { CliFailure } from './cli-failure.ts';
import { Interrupted } from './client/http.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { type Io, interruption } from './io.ts';
import { createOut } from './out.ts';
import { printFailure, unexpectedFailure } from './print-failure.ts';
import { createProgram } from './program/program.ts';
import type { Format, GlobalOptions } from './settings.ts';

/** Runs one command line, without the program's own name, and gives its exit code. Never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return exitCodes.ok;
    if (thrown instanceof CommanderError && thrown.code === 'commander.help') return exitCodes.usage;
    if (thrown instanceof Interrupted)
      return interruption(io) === 'SIGTERM' ? exitCodes.terminated : exitCodes.interrupted;
    const failure = thrown instanceof CommanderError ? usageFailure(thrown, program) : unexpectedFailure(thrown);
    const { json, output, color } = program.opts<GlobalOptions>();
    const format: Format = json ? 'json' : (output ?? 'text');
    printFailure(failure, io, createOut(io, { format, quiet: false, verbose: false, colour: color ?? 'auto' }));
    return failure.exitCode;
  }
}

/** Commander says `error: unknown command 'x'`, and on a line of its own `(Did you mean y?)`. */
function usageFailure({ message }: CommanderError, program: Command): CliFailure {
  const [headline = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const begun = /^unknown command '(.+)'/.exec(headline)?.[1];
  const suggestion = begunBy(begun, program) ?? /Did you mean (?:one of )?(.+)\?/.exec(rest.join(' '))?.[1];
  return new CliFailure(exitCodes.usage, headline.replace(/\.$/, ''), {
    try: [
      ...(suggestion === undefined ? [] : [`did you mean ${suggestion}?`]),
      'pointsman --help, or --help after any command',
    ],
  });
}

/** Commands that begin with what was typed, which Commander does not think of: `stat` is nearer to `start` than to `status`. */
function begunBy(typed: string | undefined, program: Command): string | undefined {
  if (typed === undefined) return undefined;
  const group = program.commands.find((command) => command.name() === program.args[0]) ?? program;
  const names = group.commands.map((command) => command.name()).filter((name) => name.startsWith(typed));
  return names.length === 0 ? undefined : names.join(', ');
}
