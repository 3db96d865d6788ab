import { CliFailure } from './cli-failure.ts';
import { exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { Out } from './out.ts';

/** What failed, why, what would work, on stderr; as one JSON object when the answer would have been JSON. */
export function printFailure(failure: CliFailure, io: Io, out: Out): void {
  const { details = [], try: hints = [], reference } = failure.help;
  if (out.format !== 'text') {
    const error = { code: reference ?? codeNames[failure.exitCode], message: failure.message, details, try: hints };
    io.stderr.write(`${JSON.stringify({ error, exit_code: failure.exitCode })}\n`);
    return;
  }
  const annotation = io.env['GITHUB_ACTIONS'] === 'true' ? '::error::' : '';
  const known = reference === undefined ? '' : ` (${reference})`;
  const lines = [`${annotation}${out.paintErr('red', 'Error:')} ${failure.message}${known}`];
  for (const detail of details) lines.push(...detail.split('\n').map((line) => `  ${line}`));
  for (const [index, hint] of hints.entries()) lines.push(`  ${index === 0 ? 'Try:  ' : '      '} ${hint}`);
  io.stderr.write(`${lines.join('\n')}\n`);
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
