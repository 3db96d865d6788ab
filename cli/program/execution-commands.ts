import { Argument, type Command, Option } from 'commander';
import { executionStatus } from '../client/steps.ts';
import {
  executionHistory,
  executionList,
  executionShow,
  executionStop,
  executionWatch,
  type ListArgs,
} from '../commands/execution.ts';
import { executionImport, type ImportArgs } from '../commands/execution-import.ts';
import { type Act, examples, noWaitApproval, type WaitOption, wholeNumber } from './options.ts';

export function addExecutionCommands(execution: Command, act: Act): void {
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
