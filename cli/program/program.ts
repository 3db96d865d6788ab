import { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openSession, type Session } from '../session.ts';
import type { GlobalOptions } from '../settings.ts';
import { addDeployCommands } from './deploy-commands.ts';
import { addExecutionCommands } from './execution-commands.ts';
import { addMachineCommands } from './machine-commands.ts';
import { globalOptions } from './options.ts';
import { addRecoveryCommands } from './recovery-commands.ts';
import { addTopCommands } from './top-commands.ts';

/** The whole command line. Each action hands its arguments to one command and its exit code to `done`. */
export function createProgram(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command('pointsman')
    .description('Releases services step by step, watches them, and takes back what is bad.')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => undefined, // runCli prints it, in the form of all other errors
      getOutHelpWidth: () => Math.min(io.stdout.columns, 100),
      getErrHelpWidth: () => Math.min(io.stderr.columns, 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const option of globalOptions()) program.addOption(option);
  const act = (run: (session: Session) => Promise<ExitCode>): Promise<void> =>
    openSession(program.opts<GlobalOptions>(), io).then(run).then(done);

  const group = (name: string, what: string) => program.command(name).description(what);

  addTopCommands(program, act);
  addDeployCommands(group('deploy', 'roll a release out, and follow it'), act);
  addMachineCommands(group('machine', 'work with state machine definitions, without a host'), act);
  addExecutionCommands(group('execution', 'look at what runs and what ran'), act);
  addRecoveryCommands(group('recovery', 'protect stores: move them between sites, back them up, rehearse'), act);
  program.addHelpText('after', exitCodeHelp);
  return program;
}

const exitCodeHelp = `
Exit codes: 0 done; 1 unexpected, or no host; 2 wrong command line or file; 3 ended badly or taken back; 4 not allowed;
  5 not found; 6 --timeout passed; 7 refused; 8 waits for an answer; 9 not confirmed; 130 interrupted, the work goes on.

Examples:
  $ pointsman start
  $ pointsman push ./dist shop:v2 --watch
  $ pointsman deploy status shop
`;
