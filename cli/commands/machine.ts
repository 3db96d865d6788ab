import { resolve } from 'node:path';
import {
  machineGraph,
  readDefinitionText,
  readMachine,
  substitute,
  toMermaid,
  type Diagnostic,
  type Machine,
} from '../../engine/asl/index.ts';
import { CliFailure } from '../cli-failure.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { clean } from '../text/clean.ts';
import { machineTree } from './machine-tree.ts';

/** A problem of a definition, with where it stands in the file. */
export interface Problem extends Diagnostic {
  readonly file: string;
  /** From 1, as is `column`. */
  readonly line: number;
  readonly column: number;
}

/** Checks definitions without any host. Prints every problem as `file:line:column`, which editors and CI can follow. */
export async function machineValidate(
  { files }: { readonly files: readonly string[] },
  session: Session,
): Promise<ExitCode> {
  const { out } = session;
  const problems = (await Promise.all(files.map((file) => readFile(file, session)))).flatMap(
    (reading) => reading.problems,
  );
  const errors = problems.filter(({ severity }) => severity === 'ERROR').length;
  if (problems.length > 0 || out.format !== 'text')
    out.answer(problems, () => problems.map((problem) => problemText(problem, session)).join('\n'));
  const checked = files.length === 1 ? files[0] : `${files.length} definitions`;
  const warnings = problems.length - errors;
  const counted = [plural(errors, 'error'), ...(warnings === 0 ? [] : [plural(warnings, 'warning')])].join(', ');
  out.hint(errors === 0 && warnings === 0 ? `${out.paintErr('green', 'valid')}: ${checked}` : `${checked}: ${counted}`);
  return errors === 0 ? exitCodes.ok : exitCodes.usage;
}

export interface GraphArgs {
  readonly file: string;
  readonly format: 'text' | 'mermaid';
}

/** Draws a definition: a tree for reading, Mermaid for documents, and the graph itself as JSON. */
export async function machineDraw({ file, format }: GraphArgs, session: Session): Promise<ExitCode> {
  const { out } = session;
  const machine = await mustReadMachine(file, session);
  out.answer(machineGraph(machine), () =>
    format === 'mermaid' ? toMermaid(machineGraph(machine)).trimEnd() : clean(machineTree(machine)),
  );
  return exitCodes.ok;
}

/** The machine of a definition's file. @throws CliFailure with every problem when it is none */
export async function mustReadMachine(file: string, session: Session): Promise<Machine> {
  const { machine, problems } = await readFile(file, session);
  if (machine !== undefined) return machine;
  throw new CliFailure(exitCodes.usage, `${file} is no valid definition`, {
    details: problems.map((problem) => problemText(problem, session)),
    try: [`pointsman machine validate ${file}`],
  });
}

async function readFile(file: string, { io }: Session): Promise<{ problems: Problem[]; machine?: Machine }> {
  const text = await io.readText(resolve(io.cwd, file));
  if (text === undefined)
    throw new CliFailure(exitCodes.usage, `there is no file ${file}`, { details: [`looked in ${io.cwd}`] });
  const read = readDefinitionText(text);
  const located = (diagnostics: readonly Diagnostic[]): Problem[] =>
    diagnostics
      .map((diagnostic) => ({ file, ...read.locate(diagnostic.location), ...diagnostic }))
      .sort((a, b) => a.line - b.line || a.column - b.column);
  if (!read.ok) return { problems: located(read.diagnostics) };
  // Which functions and machines there are is the host's to know; here every name stands for something.
  const { definition } = substitute(
    read.definition,
    (name) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
  );
  const reading = readMachine(definition, { knows: () => true });
  return reading.ok
    ? { problems: located(reading.warnings), machine: reading.machine }
    : { problems: located(reading.diagnostics) };
}

function problemText({ file, line, column, severity, code, message }: Problem, { out }: Session): string {
  const text = clean(message).split('\n').join('\n    ');
  return `${out.paint('bold', `${file}:${line}:${column}`)}  ${out.paint(severity === 'ERROR' ? 'red' : 'yellow', code)}  ${text}`;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
