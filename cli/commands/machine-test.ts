import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { Machine } from '../../engine/asl/index.ts';
import {
  counted,
  type Coverage,
  coverageOf,
  judgeCase,
  mockProblems,
  type Played,
  readCase,
  rehearse,
  sketchCases,
  type TestCase,
} from '../../engine/rehearsal/index.ts';
import { CliFailure } from '../cli-failure.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { oneLine } from '../text/clean.ts';
import { mustReadMachine } from './machine.ts';
import { testReport } from './machine-test-report.ts';

export interface TestArgs {
  readonly file: string;
  /** Folder of the cases, a YAML or JSON file each. */
  readonly cases: string;
  /** Sketch cases for what was never reached, into the folder. */
  readonly writeMissing: boolean;
}

/** How a case went. */
export interface CaseReport {
  readonly file: string;
  /** A sketch neither passes nor fails, and reaches nothing. */
  readonly result: 'passed' | 'failed' | 'sketch';
  /** What is not as expected, one sentence each. */
  readonly problems: readonly string[];
  readonly status: string;
  /** Virtual time. */
  readonly seconds: number;
  readonly path: readonly string[];
}

/** Runs whole machines with mocks, without a host and on virtual time; tells what the cases never reached. */
export async function machineTest(args: TestArgs, session: Session): Promise<ExitCode> {
  const { out } = session;
  const machine = await mustReadMachine(args.file, session);
  const cases = await readCases(args, session);
  const played: (Played & { readonly report: CaseReport })[] = [];
  for (const [file, each] of cases) played.push(await play(file, each, machine));
  const counting = played.filter(({ report }) => report.result !== 'sketch');
  const coverage = coverageOf(
    machine,
    counting.map(({ run }) => run),
  );
  const written = args.writeMissing ? await writeSketches(args, machine, counting, session) : [];
  const reports = played.map(({ report }) => report);
  out.answer(reportOf(args.file, reports, coverage, written), () => testReport(reports, coverage, out.paint));
  for (const file of written) out.hint(`sketched ${oneLine(file)}`);
  return reports.some(({ result }) => result === 'failed') ? exitCodes.ended : exitCodes.ok;
}

const reportOf = (machine: string, cases: readonly CaseReport[], coverage: Coverage, written: readonly string[]) => ({
  machine,
  cases,
  coverage: { ...counted(coverage), missing: coverage.missing },
  written,
});

async function play(file: string, given: TestCase, machine: Machine) {
  const misfits = mockProblems(machine, given);
  const run = await rehearse(machine, given);
  const problems = [...misfits, ...judgeCase(given, run)];
  const result = given.sketch === true ? 'sketch' : problems.length === 0 ? 'passed' : 'failed';
  const { status, seconds, path } = run;
  return { case: given, run, report: { file, result, problems, status, seconds, path } } as const;
}

async function readCases({ cases: folder, writeMissing }: TestArgs, { io }: Session): Promise<[string, TestCase][]> {
  const names = await io.listFolder(resolve(io.cwd, folder));
  const files = (names ?? []).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
  if (files.length === 0 && !writeMissing)
    throw new CliFailure(exitCodes.usage, `there is no case in ${folder}`, {
      details: ['a case is a YAML or JSON file with input, mocks and expect'],
      try: [`the same with --write-missing sketches the first one`],
    });
  return Promise.all(
    files.map(async (name): Promise<[string, TestCase]> => {
      const file = join(folder, name);
      const read = readCase((await io.readText(resolve(io.cwd, file))) ?? '');
      if ('case' in read) return [file, read.case];
      throw new CliFailure(exitCodes.usage, `${file} is no case`, { details: read.problems });
    }),
  );
}

/** Never over a file that is there. */
async function writeSketches(
  { cases: folder }: TestArgs,
  machine: Machine,
  played: readonly Played[],
  { io }: Session,
): Promise<string[]> {
  const written: string[] = [];
  for (const { name, case: sketch } of await sketchCases(machine, played)) {
    const file = join(folder, `sketch-${name}.yaml`);
    if ((await io.readText(resolve(io.cwd, file))) !== undefined) continue;
    await io.writeText(resolve(io.cwd, file), caseText(sketch));
    written.push(file);
  }
  return written;
}

/** A case as a file, what it is about first. */
export const caseText = ({ comment, sketch, ...rest }: TestCase): string =>
  stringify({ comment, sketch, ...rest }, { lineWidth: 120, aliasDuplicateObjects: false });
