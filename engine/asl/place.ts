import type { Diagnostic } from './machine.ts';

/** A place in a definition, and the way to report what is wrong there. */
export interface Place {
  /** As AWS writes it: `/States/Verify/Retry[0]`; `/` is the whole definition. */
  readonly location: string;
  /** The place of a field (a name) or of an element (an index) of what stands here. */
  at(step: string | number): Place;
  error(message: string, code?: string): void;
  warning(message: string, code: string): void;
}

/** A place whose reports, and those of every place below it, are added to `diagnostics`. */
export function placeIn(diagnostics: Diagnostic[], location = '/'): Place {
  return reportingPlace(diagnostics, location, location);
}

/** Reports what AWS gives no location for. */
export const nowhereIn = (diagnostics: Diagnostic[]): Place => reportingPlace(diagnostics, '/', null);

function reportingPlace(diagnostics: Diagnostic[], location: string, reported: string | null): Place {
  const report = (severity: Diagnostic['severity'], code: string, message: string) =>
    void diagnostics.push({ severity, code, message, location: reported });
  return {
    location,
    at: (step) => placeIn(diagnostics, locationAt(location, step)),
    error: (message, code = 'SCHEMA_VALIDATION_FAILED') => report('ERROR', code, message),
    warning: (message, code) => report('WARNING', code, message),
  };
}

function locationAt(location: string, step: string | number): string {
  if (typeof step === 'number') return `${location}[${step}]`;
  return location === '/' ? `/${step}` : `${location}/${step}`;
}
