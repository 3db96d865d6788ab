import { InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { readDuration } from '../text/time.ts';

/** Runs one command and hands its exit code on. */
export type Act = (run: (session: Session) => Promise<ExitCode>) => Promise<void>;

export interface WaitOption {
  readonly waitApproval: boolean;
}

export const noWaitApproval = () =>
  new Option('--no-wait-approval', 'leave with exit code 8 when only a task token can let it go on');

export function globalOptions(): Option[] {
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

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || text.trim() === '' || value < least || value > most)
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    return value;
  };
}

export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;
