import { CliFailure } from '../cli-failure.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { clean, oneLine } from '../text/clean.ts';
import type { Answer } from './http.ts';

/**
 * The failure for an answer that is no success. Reads both forms: Step Functions' (`__type`, `message`) and our own
 * (`error.code`, `error.message`, `error.try`).
 */
export function refusal(asked: string, answer: Answer): CliFailure {
  const { code, message, hints } = read(answer);
  const headline = message === '' ? `${asked}: the server answered ${answer.status}` : oneLine(message);
  return new CliFailure(exitCodeFor(answer.status, code), headline, {
    ...(code === undefined ? {} : { reference: oneLine(code) }),
    ...(code === undefined && message === '' ? { details: [oneLine(answer.text)] } : {}),
    try: hints.map(clean),
  });
}

/** The name decides before the status: Step Functions answers 400 to nearly everything. */
function exitCodeFor(status: number, code: string | undefined): ExitCode {
  for (const [pattern, exitCode] of byName) if (code !== undefined && pattern.test(code)) return exitCode;
  return byStatus[status] ?? (status >= 400 && status < 500 ? exitCodes.usage : exitCodes.unexpected);
}

const byName: readonly (readonly [RegExp, ExitCode])[] = [
  [
    /AccessDenied|UnrecognizedClient|InvalidSignature|ExpiredToken|MissingAuthentication|IncompleteSignature/,
    exitCodes.denied,
  ],
  [/DoesNotExist|NotFound/, exitCodes.notFound],
  [/AlreadyExists|Conflict|LimitExceeded|StateMachineDeleting|NotRedrivable|Throttling/, exitCodes.refused],
  [/^(Validation|Invalid|Missing|Serialization|UnknownOperation)/, exitCodes.usage],
];

const byStatus: Readonly<Record<number, ExitCode>> = {
  400: exitCodes.usage,
  401: exitCodes.denied,
  403: exitCodes.denied,
  404: exitCodes.notFound,
  409: exitCodes.refused,
  423: exitCodes.refused,
  429: exitCodes.refused,
};

function read({ body }: Answer): { code: string | undefined; message: string; hints: readonly string[] } {
  const outer = asRecord(body);
  const own = asRecord(outer['error']);
  const code = textOf(own['code']) ?? textOf(outer['__type'])?.split('#').at(-1);
  const message = textOf(own['message']) ?? textOf(outer['message']) ?? textOf(outer['Message']) ?? '';
  const tries = own['try'];
  const hints = Array.isArray(tries) ? tries.map(String) : typeof tries === 'string' ? [tries] : [];
  return { code, message, hints };
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
