import { resolve } from 'node:path';
import { type Difference, type Milestone, type Replay, replayHistory } from '../../engine/rehearsal/index.ts';
import { CliFailure } from '../cli-failure.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { oneLine } from '../text/clean.ts';
import { table } from '../text/table.ts';
import { duration } from '../text/time.ts';
import { mustReadMachine } from './machine.ts';
import { caseText } from './machine-test.ts';

export interface ImportArgs {
  /** What `aws stepfunctions get-execution-history` printed. */
  readonly file: string;
  readonly definition: string;
  /** What the context object shows; a history does not have it. */
  readonly executionArn?: string | undefined;
  /** Where the case goes. */
  readonly save?: string | undefined;
}

/** Replays a history from AWS on this engine, without a host, and saves it as a case of `machine test`. */
export async function executionImport(
  { file, definition, executionArn, save }: ImportArgs,
  session: Session,
): Promise<ExitCode> {
  const { io, out } = session;
  const machine = await mustReadMachine(definition, session);
  const text = await io.readText(resolve(io.cwd, file));
  if (text === undefined)
    throw new CliFailure(exitCodes.usage, `there is no file ${file}`, { details: [`looked in ${io.cwd}`] });
  const replay = await replayHistory(machine, text, executionArn);
  if ('problem' in replay)
    throw new CliFailure(exitCodes.usage, `${file} cannot be replayed`, {
      details: [replay.problem],
      try: ['aws stepfunctions get-execution-history --execution-arn ARN > history.json'],
    });
  const { case: made, run, problems, difference } = replay;
  const { status, seconds, path } = run;
  out.answer({ file, isSame: problems.length === 0, status, seconds, path, problems, difference, case: made }, () =>
    report(replay, session),
  );
  if (save !== undefined) {
    if ((await io.readText(resolve(io.cwd, save))) !== undefined)
      throw new CliFailure(exitCodes.refused, `${save} is there already`, { try: ['another name for --save'] });
    await io.writeText(resolve(io.cwd, save), caseText(made));
    out.hint(`saved ${oneLine(save)}`);
  }
  return problems.length === 0 ? exitCodes.ok : exitCodes.ended;
}

function report({ run, problems, difference }: Replay, { out }: Session): string {
  const same = problems.length === 0;
  return [
    table([
      ['replay', same ? out.paint('green', 'the same end') : out.paint('red', 'another end')],
      ['status', run.status],
      [
        'took',
        `${duration(run.seconds * 1000)} of virtual time, ${run.path.length} states, ${run.history.length} events`,
      ],
    ]),
    ...problems.map((each) => `  ${oneLine(each)}`),
    ...differenceLines(difference),
  ].join('\n');
}

function differenceLines(difference: Difference | undefined): string[] {
  if (difference === undefined) return [];
  const { recorded, replayed } = difference;
  return ['first difference:', `  recorded  ${shown(recorded)}`, `  replayed  ${shown(replayed)}`];
}

const shown = (milestone: Milestone | undefined): string =>
  milestone === undefined
    ? 'nothing more'
    : oneLine(`#${milestone.id} ${milestone.type} ${JSON.stringify(milestone.facts)}`).slice(0, 600);
