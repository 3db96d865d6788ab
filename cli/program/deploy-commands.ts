import type { Command } from 'commander';
import {
  deployAbort,
  deployPromote,
  deployStart,
  deployStatus,
  deployWatch,
  type DeployStartArgs,
} from '../commands/deploy.ts';
import { type Act, examples, noWaitApproval, type WaitOption } from './options.ts';

export function addDeployCommands(deploy: Command, act: Act): void {
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
