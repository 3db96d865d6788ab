import type { ExitCode } from './exit-codes.ts';

interface Help {
  /** Facts under the headline, one line each. */
  readonly details?: readonly string[];
  /** What would work: command lines or sentences. */
  readonly try?: readonly string[];
  /** The server's own name for the failure, which people search for. */
  readonly reference?: string;
}

/** Ends the command with `exitCode` after the headline, the details and the hints have been printed. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exitCode: ExitCode;
  readonly help: Help;

  constructor(exitCode: ExitCode, headline: string, help: Help = {}, options?: ErrorOptions) {
    super(headline, options);
    this.exitCode = exitCode;
    this.help = help;
  }
}
