import { type Command, InvalidArgumentError, Option } from 'commander';
import { recoveryBackups, recoveryRestore, type RestoreArgs } from '../commands/recovery/backups.ts';
import { recoveryDiscard, recoveryUnpin } from '../commands/recovery/let-go.ts';
import { recoveryMark } from '../commands/recovery/mark.ts';
import { recoveryMove } from '../commands/recovery/move.ts';
import { recoveryOrder } from '../commands/recovery/orders.ts';
import { type Mode, recoveryReadiness } from '../commands/recovery/readiness.ts';
import { recoveryReport, recoveryReports } from '../commands/recovery/reports.ts';
import { startRun } from '../commands/recovery/start-run.ts';
import { recoveryStatus } from '../commands/recovery/status.ts';
import { CliFailure } from '../cli-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Act, examples } from './options.ts';

interface Loss {
  readonly allowLossSeconds?: number;
  readonly allowLossBytes?: number;
}

export function addRecoveryCommands(recovery: Command, act: Act): void {
  recovery
    .command('status')
    .description('sites, address, readiness, what runs and why it waits')
    .argument('[group]', 'all groups when absent')
    .addHelpText('after', examples('pointsman recovery status', 'pointsman recovery status shop --json'))
    .action((group: string | undefined) => act((session) => recoveryStatus({ group }, session)));
  recovery
    .command('readiness')
    .description('what stands in the way, and what it would take and lose now; exit code 7 when not ready')
    .argument('<group>')
    .addOption(
      new Option('--mode <mode>', 'for what').choices(['switchover', 'failover', 'failback']).default('failover'),
    )
    .option('--to <site>', 'who is to take over; the best there is when absent')
    .addHelpText(
      'after',
      examples('pointsman recovery readiness shop', 'pointsman recovery readiness shop --mode switchover'),
    )
    .action((group: string, { mode, to }: { mode: Mode; to?: string }) =>
      act((session) => recoveryReadiness({ group, mode, to }, session)),
    );
  addMoves(recovery, act);
  addOrders(recovery, act);
  addBackups(recovery, act);
  addLettingGo(recovery, act);
  recovery
    .command('reports')
    .description('how earlier runs ended')
    .argument('<group>')
    .addHelpText('after', examples('pointsman recovery reports shop'))
    .action((group: string) => act((session) => recoveryReports({ group }, session)));
  recovery
    .command('report')
    .description('one run: its timeline, its fence, and the rows it lost')
    .argument('<group>')
    .argument('[run]', 'name of its execution', 'latest')
    .option('--page', 'as an HTML page to keep', false)
    .addHelpText(
      'after',
      examples('pointsman recovery report shop', 'pointsman recovery report shop --page > report.html'),
    )
    .action((group: string, run: string, { page }: { page: boolean }) =>
      act((session) => recoveryReport({ group, run, page }, session)),
    );
}

function addMoves(recovery: Command, act: Act): void {
  const moves: readonly (readonly [Mode, string])[] = [
    ['switchover', 'move the store to another site as planned; loses nothing; needs --reason'],
    ['failover', 'move the store away from a lost site, and count what is lost; needs --reason'],
    ['failback', 'make the old side a standby again, and move home as planned; needs --reason'],
  ];
  for (const [mode, what] of moves) {
    const command = recovery
      .command(mode)
      .description(what)
      .argument('<group>')
      .option('--to <site>', 'who takes over; the best there is when absent')
      .option(
        '--override <check>',
        'set a failing check aside; may be given again',
        (check, all: string[]) => [...all, check],
        [],
      )
      .option('--watch', 'follow it to its end', false)
      .addHelpText('after', examples(exampleOf[mode]));
    if (mode === 'failover') for (const option of lossOptions()) command.addOption(option);
    command.action(
      (group: string, { to, override, watch, ...loss }: Loss & { to?: string; override: string[]; watch: boolean }) =>
        act((session) => recoveryMove(mode, { group, to, override, watch, allowLoss: allowLossOf(loss) }, session)),
    );
  }
  recovery
    .command('drill')
    .description('rehearse on copies that no client reaches: a failover, or the restore of a backup')
    .argument('<group>')
    .addOption(new Option('--what <drill>', 'which').choices(['failover', 'restore']).default('failover'))
    .option('--watch', 'follow it to its end', false)
    .addHelpText(
      'after',
      examples('pointsman recovery drill shop --watch', 'pointsman recovery drill shop --what restore'),
    )
    .action((group: string, { what, watch }: { what: string; watch: boolean }) =>
      act((session) => startRun(group, what === 'failover' ? 'failover-drill' : 'restore-drill', {}, watch, session)),
    );
}

function addOrders(recovery: Command, act: Act): void {
  const orders = [
    ['pause', 'tell what runs to wait where it can'],
    ['resume', 'tell it to go on'],
    ['abort', 'tell it to put everything back; possible until the promotion'],
    ['escalate', 'let it go on although data may be lost; needs --reason and how much'],
  ] as const;
  for (const [order, what] of orders) {
    const command = recovery
      .command(order)
      .description(what)
      .argument('<group>')
      .option('--run <name>', 'which run, where more than one is on the group')
      .addHelpText(
        'after',
        examples(
          `pointsman recovery ${order} shop --reason "…"${order === 'escalate' ? ' --allow-loss-seconds 5 --allow-loss-bytes 100000' : ''}`,
        ),
      );
    if (order === 'escalate') for (const option of lossOptions()) command.addOption(option);
    command.action((group: string, { run, ...loss }: Loss & { run?: string }) =>
      act((session) => recoveryOrder({ group, order, run, allowLoss: allowLossOf(loss) }, session)),
    );
  }
}

function addBackups(recovery: Command, act: Act): void {
  recovery
    .command('backup')
    .description('take a backup now, copy it to the other sites, and read it there')
    .argument('<group>')
    .addOption(new Option('--kind <kind>', 'which').choices(['auto', 'full', 'incremental', 'archive']).default('auto'))
    .option('--watch', 'follow it to its end', false)
    .addHelpText(
      'after',
      examples(
        'pointsman recovery backup shop --watch',
        'pointsman recovery backup shop --kind archive --reason "end of the year"',
      ),
    )
    .action((group: string, { kind, watch }: { kind: string; watch: boolean }) =>
      act((session) => {
        const { reason } = session.settings;
        if (kind === 'archive' && reason === undefined)
          throw new CliFailure(
            exitCodes.usage,
            'an archive outlives every rule: it needs a reason, which is kept with it',
            {
              try: [`pointsman recovery backup ${group} --kind archive --reason "…"`],
            },
          );
        return startRun(group, 'backup', { kind, ...(reason && { reason }) }, watch, session);
      }),
    );
  recovery
    .command('backups')
    .description('what there is, where it lies, and what was proven of it')
    .argument('<group>')
    .addHelpText('after', examples('pointsman recovery backups shop'))
    .action((group: string) => act((session) => recoveryBackups({ group }, session)));
  recovery
    .command('mark')
    .description('give this moment a name to restore to, and keep the backup that it is restored from')
    .argument('<group>')
    .argument('<name>', 'letters, digits, ".", "_" and "-"; a name that is taken keeps its moment')
    .addHelpText('after', examples('pointsman recovery mark shop before-migration'))
    .action((group: string, name: string) => act((session) => recoveryMark({ group, name }, session)));
  recovery
    .command('restore')
    .description('restore beside what runs, never over it; to the newest there is, unless told otherwise')
    .argument('<group>')
    .option('--time <moment>', 'to a moment: 2026-11-27T02:00:00Z')
    .option('--point <name>', 'to a named point')
    .option('--position <position>', 'to a position: BRANCH/OFFSET')
    .option('--branch <branch>', 'which line of history, where a failover made two of the moment')
    .option('--site <site>', 'whose backups')
    .option('--watch', 'follow it to its end', false)
    .addHelpText('after', examples('pointsman recovery restore shop --point before-migration --watch'))
    .action((group: string, options: Omit<RestoreArgs, 'group'>) =>
      act((session) => recoveryRestore({ ...options, group }, session)),
    );
}

const exampleOf = {
  switchover: 'pointsman recovery switchover shop --reason "maintenance in the north" --watch',
  failover:
    'pointsman recovery failover shop --reason "the north is dark" --allow-loss-seconds 5 --allow-loss-bytes 100000 --watch',
  failback: 'pointsman recovery failback shop --reason "the north is well" --watch',
};

function addLettingGo(recovery: Command, act: Act): void {
  recovery
    .command('discard')
    .description('end and delete a store that was restored, and let go of the backup that was kept for it')
    .argument('<group>')
    .argument('<restore>', 'its name, as the report of the restore shows it')
    .addHelpText('after', examples('pointsman recovery discard shop shop--r20261127T020000Z'))
    .action((group: string, restore: string) => act((session) => recoveryDiscard({ group, restore }, session)));
  recovery
    .command('unpin')
    .description('take a pin of a backup away, so that retention may let it go')
    .argument('<group>')
    .argument('<backup>')
    .argument('<pin>', 'the reason it is kept for, as "backups" shows it')
    .addHelpText('after', examples('pointsman recovery unpin shop shop-archive-20261127T020000Z "archive: year end"'))
    .action((group: string, backup: string, pin: string) =>
      act((session) => recoveryUnpin({ group, backup, pin }, session)),
    );
}

const lossOptions = () => [
  new Option('--allow-loss-seconds <number>', 'most that may be lost').argParser(amount),
  new Option('--allow-loss-bytes <number>', 'most that may be lost').argParser(amount),
];

/** Both or nothing: consent to a loss is consent to a bound. */
function allowLossOf({ allowLossSeconds: seconds, allowLossBytes: bytes }: Loss) {
  return seconds === undefined || bytes === undefined ? undefined : { seconds, bytes };
}

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give a number, 0 or more.');
}
