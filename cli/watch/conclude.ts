import { CliFailure } from '../cli-failure.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { oneLine } from '../text/clean.ts';
import { duration } from '../text/time.ts';
import { unreachable } from '../unreachable.ts';
import type { Watched } from './watch-execution.ts';

/** What a finished work came to. */
export interface Outcome {
  /** A word for it: `SUCCEEDED`, `promoted`, `taken-back`. */
  readonly outcome: string;
  readonly reason: string;
  readonly isGood: boolean;
}

interface Subject {
  readonly executionArn: string;
  /** `rollout of shop`, `execution deploy-1`. */
  readonly name: string;
  /** The command that goes on watching. */
  readonly reattach: string;
}

/** `Watched`, without what only a watch knows. */
type Ending = { readonly kind: 'ended' } | Exclude<Watched, { kind: 'ended' }>;

/** Prints how a watch ended, as the answer, and gives the exit code for it. */
export async function conclude(
  watched: Ending,
  subject: Subject,
  session: Session,
  outcomeOf: () => Promise<Outcome>,
): Promise<ExitCode> {
  if (watched.kind === 'ended') return ended(await outcomeOf(), subject, session);
  const exitCode = leftCodes[watched.kind === 'interrupted' ? watched.by : watched.kind];
  result({ status: 'RUNNING' }, exitCode, subject, session);
  const goesOn = `the ${oneLine(subject.name)} goes on`;
  switch (watched.kind) {
    case 'interrupted':
      session.out.hint(`Detached: ${goesOn}. To watch it again: ${oneLine(subject.reattach)}`);
      return exitCode;
    case 'timeout':
      throw new CliFailure(exitCode, `--timeout of ${duration(session.settings.timeoutMs ?? 0)} passed; ${goesOn}`, {
        try: [subject.reattach],
      });
    case 'approval':
      throw new CliFailure(exitCode, `${oneLine(subject.name)} waits for somebody to answer its task token`, {
        try: [subject.reattach],
      });
    default:
      return unreachable(watched);
  }
}

const leftCodes = {
  SIGINT: exitCodes.interrupted,
  EPIPE: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  timeout: exitCodes.timeout,
  approval: exitCodes.approval,
} as const;

async function ended({ outcome, reason, isGood }: Outcome, subject: Subject, session: Session): Promise<ExitCode> {
  const { io, out } = session;
  const exitCode = isGood ? exitCodes.ok : exitCodes.ended;
  const said = reason === '' ? '' : `: ${oneLine(reason)}`;
  if (out.format === 'text')
    io.stdout.write(`${out.paint(isGood ? 'green' : 'red', oneLine(outcome))}  ${oneLine(subject.name)}${said}\n`);
  else result({ outcome, reason }, exitCode, subject, session);
  const summary = io.env['GITHUB_STEP_SUMMARY'];
  if (io.env['GITHUB_ACTIONS'] === 'true' && summary)
    await io.appendText(
      summary,
      `${isGood ? '✅' : '❌'} **${markdown(outcome)}** ${markdown(subject.name)}${markdown(said)}\n\n\`${markdown(subject.executionArn)}\`\n`,
    );
  return exitCode;
}

/** The last line of a `jsonl` stream, and the whole answer of `json`. */
function result(fields: object, exitCode: ExitCode, { executionArn }: Subject, { out }: Session): void {
  if (out.format === 'text') return;
  out.answer({ type: 'result', executionArn, ...fields, exit_code: exitCode }, () => '');
}

const markdown = (text: string): string => oneLine(text).replace(/[`*_<>[\]|\\]/g, '\\$&');
