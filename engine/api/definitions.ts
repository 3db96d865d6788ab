import * as z from 'zod/mini';
import type { Diagnostic, States } from '../asl/machine.ts';
import { readMachine } from '../asl/read-machine.ts';
import { ApiError } from './api-error.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { fields, readFields, text } from './read-fields.ts';

type Known = Pick<StepFunctionsApiOptions, 'dispatcher'>;

const validation = z.object({
  definition: text(0, 1_048_576), // AWS takes the empty one, whatever its service model says
  type: z._default(fields.type, 'STANDARD'),
  severity: z._default(z.enum(['ERROR', 'WARNING']), 'ERROR'),
  maxResults: z._default(z.int().check(z.gte(0), z.lte(100)), 100),
});

export const definitionOperations = (options: Known) => ({
  /** The problems of a definition; a definition with problems is no error of the call. */
  ValidateStateMachineDefinition: async (request: unknown) => {
    const { definition, type, severity, maxResults } = readFields(validation, request);
    const all = problemsOf(definition, type, options);
    const wanted = severity === 'WARNING' ? all : all.filter((diagnostic) => diagnostic.severity === 'ERROR');
    const diagnostics = wanted.slice(0, maxResults || 100);
    return {
      result: all.some((diagnostic) => diagnostic.severity === 'ERROR') ? 'FAIL' : 'OK',
      diagnostics: diagnostics.map(({ location, ...rest }) => (location === null ? rest : { ...rest, location })),
      truncated: diagnostics.length < wanted.length,
    };
  },
});

/**
 * Passes a definition that can run on this host.
 * @throws ApiError `InvalidDefinition` with every problem
 */
export function mustBeRunnable(definition: string, type: 'STANDARD' | 'EXPRESS', options: Known): void {
  const errors = problemsOf(definition, type, options).filter(({ severity }) => severity === 'ERROR');
  if (errors.length > 0) throw invalidDefinition(errors);
}

/** `InvalidDefinition` with every problem. */
export function invalidDefinition(problems: readonly Diagnostic[]): ApiError {
  const shown = problems.map(
    ({ code, message, location }) => `${code}: ${message}${location === null ? '' : ` at ${location}`}`,
  );
  return new ApiError('InvalidDefinition', `Invalid State Machine Definition: '${shown.join(', ')}'`);
}

function problemsOf(definition: string, type: 'STANDARD' | 'EXPRESS', { dispatcher }: Known): readonly Diagnostic[] {
  const reading = readMachine(definition, { type, knows: (arn) => dispatcher.knows(arn) });
  if (!reading.ok) return reading.diagnostics;
  return [...missingFunctions(reading.machine, '', dispatcher), ...reading.warnings];
}

/** AWS finds out when the task runs; here the functions are known. */
function missingFunctions(scope: States, path: string, dispatcher: Known['dispatcher']): Diagnostic[] {
  return Object.values(scope.states).flatMap((state) => {
    const location = `${path}/States/${state.name}`;
    switch (state.type) {
      case 'Task':
        return state.resource.kind === 'function' && !dispatcher.knows(state.resource.arn)
          ? [noFunction(state.resource.arn, `${location}/Resource`)]
          : [];
      case 'Parallel':
        return state.branches.flatMap((branch, i) =>
          missingFunctions(branch, `${location}/Branches[${i}]`, dispatcher),
        );
      case 'Map':
        return missingFunctions(state.processor, `${location}/ItemProcessor`, dispatcher);
      default:
        return [];
    }
  });
}

const noFunction = (arn: string, location: string): Diagnostic => ({
  severity: 'ERROR',
  code: 'SCHEMA_VALIDATION_FAILED',
  message: `The function ${arn} is not one of this host's functions`,
  location,
});
