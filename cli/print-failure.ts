import { CliFailure } from './cli-failure.ts';
import { exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { Out } from './out.ts';
import { clean, oneLine } from './text/clean.ts';
import { escaped } from './text/github.ts';

/** What failed, why, what would work, on stderr; as one JSON object when the answer would have been JSON. */
export function printFailure(failure: CliFailure, io: Io, out: Out): void {
  const { details = [], try: hints = [], reference } = failure.help;
  if (out.format !== 'text') {
    const error = { code: reference ?? codeNames[failure.exitCode], message: failure.message, details, try: hints };
    io.stderr.write(`${JSON.stringify({ error, exit_code: failure.exitCode })}\n`);
    return;
  }
  const headline = clean(reference === undefined ? failure.message : `${failure.message} (${reference})`);
  const further = details.flatMap((detail) =>
    clean(detail)
      .split('\n')
      .map((line) => `  ${line}`),
  );
  for (const [index, hint] of hints.entries()) further.push(`  ${index === 0 ? 'Try:  ' : '      '} ${oneLine(hint)}`);
  if (io.env['GITHUB_ACTIONS'] === 'true') io.stderr.write(`::error::${escaped([headline, ...further].join('\n'))}\n`);
  else io.stderr.write(`${[`${out.paintErr('red', 'Error:')} ${headline}`, ...further].join('\n')}\n`);
}

/** Anything else that was thrown is a bug of ours, and says so. */
export function unexpectedFailure(thrown: unknown): CliFailure {
  if (thrown instanceof CliFailure) return thrown;
  const stack =
    thrown instanceof Error
      ? (thrown.stack ?? '')
          .split('\n')
          .slice(1, 5)
          .map((line) => line.trim())
      : [];
  return new CliFailure(exitCodes.unexpected, thrown instanceof Error ? thrown.message : String(thrown), {
    details: ['This is a bug in pointsman, not something you did.', ...stack],
  });
}

const codeNames: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(exitCodes).map(([name, code]) => [code, name]),
);
