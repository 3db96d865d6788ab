import { readRecordings } from '../../conformance/case.ts';
import { openTheatre } from '../../conformance/open-theatre.ts';
import { runCase } from '../../conformance/run-case.ts';
import type { OpenHost } from '../hosts.ts';

export type RecordingVerdict =
  | { readonly kind: 'same' }
  | { readonly kind: 'different'; readonly difference: string }
  /** The host refuses to create such a machine, and says so. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'not-applicable'; readonly reason: string };

/** Plays what was recorded on AWS on a host, and compares with what AWS did. */
export async function* playRecordings(
  folder: string,
  ids: ReadonlySet<string>,
  open: OpenHost,
): AsyncGenerator<readonly [id: string, verdict: RecordingVerdict]> {
  const { cases, behaviours } = readRecordings(folder);
  const theatre = await openTheatre();
  try {
    for (const recorded of cases.filter(({ id }) => ids.has(id))) {
      const outcome = await runCase(recorded, behaviours, theatre, open);
      if (outcome.kind === 'passed') yield [recorded.id, { kind: 'same' }];
      else if (outcome.kind === 'not-applicable') yield [recorded.id, outcome];
      else if (REFUSED.test(outcome.difference)) yield [recorded.id, { kind: 'refused', reason: outcome.difference }];
      else yield [recorded.id, { kind: 'different', difference: outcome.difference }];
    }
  } finally {
    await theatre.close();
  }
}

/** What a host says when it is asked for what it does not have. */
const REFUSED =
  /^Create(StateMachine|Activity) was refused: (StateMachineTypeNotSupported|UnknownOperation|InvalidDefinition: .*this host has no)/;
