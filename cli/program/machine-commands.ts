import { type Command, Option } from 'commander';
import { machineDraw, machineValidate, type GraphArgs } from '../commands/machine.ts';
import { machineTest, type TestArgs } from '../commands/machine-test.ts';
import { type Act, examples } from './options.ts';

export function addMachineCommands(machine: Command, act: Act): void {
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
