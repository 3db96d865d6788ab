import { type Command, Option } from 'commander';
import { down, type DownArgs } from '../commands/down.ts';
import { push } from '../commands/push.ts';
import { start, type StartArgs } from '../start.ts';
import { type Act, examples, wholeNumber } from './options.ts';

export function addTopCommands(program: Command, act: Act): void {
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
