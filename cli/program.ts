import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import {
  deployAbort,
  deployPromote,
  deployStart,
  deployStatus,
  deployWatch,
  type DeployStartArgs,
} from './commands/deploy.ts';
import { down, type DownArgs } from './commands/down.ts';
import {
  executionHistory,
  executionList,
  executionShow,
  executionStop,
  executionWatch,
  type ListArgs,
} from './commands/execution.ts';
import { executionImport, type ImportArgs } from './commands/execution-import.ts';
import { machineDraw, machineValidate, type GraphArgs } from './commands/machine.ts';
import { machineTest, type TestArgs } from './commands/machine-test.ts';
import { push } from './commands/push.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { openSession, type Session } from './session.ts';
import type { GlobalOptions } from './settings.ts';
import { start, type StartArgs } from './start.ts';
import { readDuration } from './text/time.ts';
import { executionStatus } from './client/steps.ts';

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
  program.addHelpText('after', exitCodeHelp);
  return program;
}

type Act = (run: (session: Session) => Promise<ExitCode>) => Promise<void>;

function addTopCommands(program: Command, act: Act): void {
  program
    .command('start')
    .description('run a host on this machine, in this process')
    .option('--config <file>', 'configuration; ./pointsman.yaml when there is one')
    .option('--data <folder>', 'where it keeps everything; .pointsman by default')
    .option('--port <number>', 'port to listen on; 7400 by default, 0 for any', wholeNumber(0, 65_535))
    .option('--address <address>', 'address to listen on; 127.0.0.1 by default')
    .addOption(new Option('--log <form>', 'form of its log; pretty on a terminal').choices(['pretty', 'json']))
    .option('--virtual-clock', 'let no wait, retry or timeout take time: for tests only')
    .addHelpText('after', examples('pointsman start', 'pointsman start --port 8400 --data /var/lib/pointsman'))
    .action((options: StartArgs) => act((session) => start(options, session)));
  program
    .command('down')
    .description('end instances, router and host with the traffic they serve; also what a host left running')
    .argument('[service]', 'only this one with its route; the router and the host go on')
    .option('--force', 'also when a rollout is not over: it is stopped where it stands')
    .option('--config <file>', 'of a host that has ended: its configuration')
    .option('--data <folder>', 'of a host that has ended: where it kept everything')
    .addHelpText('after', examples('pointsman down', 'pointsman down shop --yes', 'pointsman down --data .pointsman'))
    .action((service: string | undefined, { force = false, ...options }: Partial<DownArgs>) =>
      act((session) => down({ ...options, service, force }, session)),
    );
  program
    .command('push')
    .description('pack a folder as an image and release it')
    .argument('<folder>', 'what the release consists of')
    .argument('<image>', 'service:tag')
    .argument('[command...]', 'after --: what an instance runs')
    .option('--watch', 'follow the rollout to its end')
    .addHelpText(
      'after',
      examples(
        'pointsman push ./dist shop:v2 -- node server.js',
        'pointsman push ./dist shop:v2 --watch --timeout 30m',
      ),
    )
    .action((folder: string, image: string, command: string[], { watch = false }: { watch?: boolean }) =>
      act((session) => push({ folder, image, command, watch }, session)),
    );
}

function addDeployCommands(deploy: Command, act: Act): void {
  deploy
    .command('start')
    .description('start a rollout; prints the ARN of its execution')
    .argument('<service>')
    .option('--reference <tag|digest>', 'what to release; the newest tag pushed by default')
    .option('--retry', 'also when this release was taken back before')
    .option('--watch', 'follow it to its end')
    .addHelpText(
      'after',
      examples('pointsman deploy start shop', 'pointsman deploy start shop --reference v2 --retry --watch'),
    )
    .action((service: string, { reference, retry = false, watch = false }: Partial<DeployStartArgs>) =>
      act((session) => deployStart({ service, reference, retry, watch }, session)),
    );
  deploy
    .command('status')
    .description('weights, releases, instances, the verdict, and what the rollout waits for')
    .argument('[service]', 'all services when absent')
    .addHelpText(
      'after',
      examples('pointsman deploy status shop', 'pointsman deploy status shop --json | jq .route.candidatePercent'),
    )
    .action((service: string | undefined) => act((session) => deployStatus({ service }, session)));
  deploy
    .command('watch')
    .description('follow the rollout to its end; exit code 3 when it was taken back')
    .argument('<service>')
    .addOption(noWaitApproval())
    .addHelpText('after', examples('pointsman deploy watch shop', 'pointsman deploy watch shop --timeout 30m -o jsonl'))
    .action((service: string, { waitApproval }: WaitOption) =>
      act((session) => deployWatch({ service, noWaitApproval: !waitApproval }, session)),
    );
  deploy
    .command('promote')
    .description('tell the rollout to promote now, whatever the judge says; needs --reason')
    .argument('<service>')
    .addHelpText('after', examples('pointsman deploy promote shop --reason "fix for the outage" --yes'))
    .action((service: string) => act((session) => deployPromote({ service }, session)));
  deploy
    .command('abort')
    .description('tell the rollout to take its candidate back')
    .argument('<service>')
    .addHelpText('after', examples('pointsman deploy abort shop --reason "wrong prices"'))
    .action((service: string) => act((session) => deployAbort({ service }, session)));
}

function addMachineCommands(machine: Command, act: Act): void {
  machine
    .command('validate')
    .description('check definitions; prints every problem with file, line and column')
    .argument('<file...>', 'ASL as YAML or JSON')
    .addHelpText('after', examples('pointsman machine validate workflows/*/definition.asl.yaml'))
    .action((files: string[]) => act((session) => machineValidate({ files }, session)));
  machine
    .command('graph')
    .description('draw a definition')
    .argument('<file>', 'ASL as YAML or JSON')
    .addOption(
      new Option('--format <form>', 'a tree to read, or Mermaid for documents')
        .choices(['text', 'mermaid'])
        .default('text'),
    )
    .addHelpText(
      'after',
      examples(
        'pointsman machine graph definition.asl.yaml',
        'pointsman machine graph definition.asl.yaml --format mermaid',
      ),
    )
    .action((file: string, { format }: Pick<GraphArgs, 'format'>) =>
      act((session) => machineDraw({ file, format }, session)),
    );
  machine
    .command('test')
    .description(
      'run cases with mocked tasks on virtual time, and tell what of the graph they reach; exit code 3 when one fails',
    )
    .argument('<file>', 'ASL as YAML or JSON')
    .requiredOption('--cases <folder>', 'the cases, a YAML or JSON file each: input, mocks, expect')
    .option('--write-missing', 'sketch cases for what was never reached, into the folder', false)
    .addHelpText(
      'after',
      examples(
        'pointsman machine test definition.asl.yaml --cases cases',
        'pointsman machine test definition.asl.yaml --cases cases --write-missing --json',
      ),
    )
    .action((file: string, { cases, writeMissing }: Omit<TestArgs, 'file'>) =>
      act((session) => machineTest({ file, cases, writeMissing }, session)),
    );
}

function addExecutionCommands(execution: Command, act: Act): void {
  execution
    .command('list')
    .description('executions, newest first')
    .option('--machine <machine>', 'name or ARN; all machines when absent')
    .addOption(new Option('--status <status>', 'only these').choices(executionStatus.options))
    .option('--limit <number>', 'how many', wholeNumber(1, 10_000), 20)
    .addHelpText(
      'after',
      examples('pointsman execution list', 'pointsman execution list --machine deploy --status FAILED --limit 5'),
    )
    .action((options: ListArgs) => act((session) => executionList(options, session)));
  execution
    .command('show')
    .description('input, output or failure, and what it waits for')
    .addArgument(which())
    .addHelpText(
      'after',
      examples('pointsman execution show shop-8d21', 'pointsman execution show shop-8d21 --json | jq -r .output'),
    )
    .action((given: string) => act((session) => executionShow({ execution: given }, session)));
  execution
    .command('watch')
    .description('follow it to its end; exit code 3 when it failed')
    .addArgument(which())
    .addOption(noWaitApproval())
    .addHelpText(
      'after',
      examples('pointsman execution watch shop-8d21', 'pointsman execution watch shop-8d21 -o jsonl --timeout 1h'),
    )
    .action((given: string, { waitApproval }: WaitOption) =>
      act((session) => executionWatch({ execution: given, noWaitApproval: !waitApproval }, session)),
    );
  execution
    .command('history')
    .description('every event')
    .addArgument(which())
    .option('--reverse', 'newest first', false)
    .addHelpText(
      'after',
      examples(
        'pointsman execution history shop-8d21',
        'pointsman execution history shop-8d21 -o jsonl --reverse | head -1',
      ),
    )
    .action((given: string, { reverse }: { reverse: boolean }) =>
      act((session) => executionHistory({ execution: given, reverse }, session)),
    );
  execution
    .command('stop')
    .description('end it where it stands; no Catch runs')
    .addArgument(which())
    .addHelpText('after', examples('pointsman execution stop shop-8d21 --reason "started by mistake"'))
    .action((given: string) => act((session) => executionStop({ execution: given }, session)));
  execution
    .command('import')
    .description('replay a history from AWS on this engine, without a host; exit code 3 when it ends otherwise')
    .argument('<file>', 'what `aws stepfunctions get-execution-history` printed')
    .requiredOption('--definition <file>', 'the machine that ran, ASL as YAML or JSON')
    .option('--execution-arn <arn>', 'whose history it is, for machines that read it from the context object')
    .option('--save <file>', 'where to save it as a case of `pointsman machine test`')
    .addHelpText(
      'after',
      examples(
        'aws stepfunctions get-execution-history --execution-arn $ARN > history.json',
        'aws stepfunctions describe-state-machine-for-execution --execution-arn $ARN --query definition --output text > machine.json',
        'pointsman execution import history.json --definition machine.json --save cases/outage.yaml',
      ),
    )
    .action((file: string, options: Omit<ImportArgs, 'file'>) =>
      act((session) => executionImport({ file, ...options }, session)),
    );
}

const which = () => new Argument('<execution>', 'its ARN, its name, or the beginning of its name');

interface WaitOption {
  readonly waitApproval: boolean;
}

const noWaitApproval = () =>
  new Option('--no-wait-approval', 'leave with exit code 8 when only a task token can let it go on');

function globalOptions(): Option[] {
  return [
    new Option(
      '--endpoint <url>',
      'the host; else POINTSMAN_ENDPOINT, else pointsman.yaml, else http://127.0.0.1:7400',
    ),
    new Option('-o, --output <form>', 'form of the answer').choices(['text', 'json', 'jsonl']),
    new Option('--json', 'the same as -o json'),
    new Option('-q, --quiet', 'only the answer and errors'),
    new Option('-v, --verbose', 'tell what is asked of the host, and shorten nothing'),
    new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']),
    new Option('--no-input', 'ask nothing; what needs an answer fails with exit code 9'),
    new Option('--timeout <duration>', 'stop watching after 90s, 10m, 2h; the work goes on').argParser(durationOption),
    new Option('--reason <text>', 'why, kept with what you do'),
    new Option('--yes', 'answer yes to every question'),
  ];
}

function durationOption(text: string): number {
  const ms = readDuration(text);
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('Give a duration such as 90s, 10m or 2h.');
  return ms;
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || text.trim() === '' || value < least || value > most)
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    return value;
  };
}

const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;

const exitCodeHelp = `
Exit codes: 0 done; 1 unexpected, or no host; 2 wrong command line or file; 3 ended badly or taken back; 4 not allowed;
  5 not found; 6 --timeout passed; 7 refused; 8 waits for an answer; 9 not confirmed; 130 interrupted, the work goes on.

Examples:
  $ pointsman start
  $ pointsman push ./dist shop:v2 --watch
  $ pointsman deploy status shop
`;
