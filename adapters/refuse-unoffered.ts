import { ApiError, type StepFunctionsOperations } from '../engine/api/index.ts';
import { type Diagnostic, readMachine, type States } from '../engine/asl/index.ts';

/** What a host has that not every host has. */
export interface Offered {
  /** What distributed Maps read items from and write results to. */
  readonly objects: boolean;
  readonly knows: (resource: string) => boolean;
}

const OFF = ['CreateActivity', 'GetActivityTask'] as const;
const CREATING = ['CreateStateMachine', 'UpdateStateMachine'] as const;

/**
 * The operations of a host without a process that workers could wait at: there are no activities, and a machine that needs what is
 * not offered is refused when it is created, like any other that cannot run here.
 */
export function refuseUnoffered(operations: StepFunctionsOperations, offered: Offered): StepFunctionsOperations {
  const changed: Record<string, (request: unknown, signal?: AbortSignal) => Promise<object>> = {};
  for (const name of OFF)
    changed[name] = async () => {
      throw new ApiError(
        'UnknownOperationException',
        `${name} is not offered on this host: no process lives long enough for workers to wait at it`,
      );
    };
  for (const name of CREATING) {
    const operation: (request: unknown) => Promise<object> = operations[name];
    changed[name] = async (request) => {
      const [problem] = unofferedIn(request, offered);
      if (problem === undefined) return operation(request);
      const { code, message, location } = problem;
      throw new ApiError('InvalidDefinition', `Invalid State Machine Definition: '${code}: ${message} at ${location}'`);
    };
  }
  changed['ValidateStateMachineDefinition'] = async (request) => {
    const problems = unofferedIn(request, offered);
    if (problems.length === 0) return operations.ValidateStateMachineDefinition(request);
    return { result: 'FAIL', diagnostics: problems, truncated: false };
  };
  return { ...operations, ...changed };
}

/** Of a definition that cannot be read, none: the operation says what is wrong with it. */
function unofferedIn(request: unknown, offered: Offered): readonly Diagnostic[] {
  const text =
    typeof request === 'object' && request !== null && 'definition' in request ? request.definition : undefined;
  if (typeof text !== 'string') return [];
  const reading = readMachine(text, { knows: offered.knows });
  return reading.ok ? unofferedAmong(reading.machine, '', offered) : [];
}

function unofferedAmong(scope: States, path: string, offered: Offered): Diagnostic[] {
  return Object.values(scope.states).flatMap((state) => {
    const location = `${path}/States/${state.name}`;
    switch (state.type) {
      case 'Task':
        return state.resource.kind === 'activity'
          ? [
              problemAt(
                `${location}/Resource`,
                `The activity ${state.resource.arn} cannot be reached: this host has no activities`,
              ),
            ]
          : [];
      case 'Parallel':
        return state.branches.flatMap((branch, i) => unofferedAmong(branch, `${location}/Branches[${i}]`, offered));
      case 'Map': {
        const { distributed, processor } = state;
        const needed = [
          ...(distributed?.reader === undefined ? [] : ['ItemReader']),
          ...(distributed?.writer === undefined ? [] : ['ResultWriter']),
        ];
        return [
          ...(offered.objects ? [] : needed).map((member) =>
            problemAt(
              `${location}/${member}`,
              `${member} needs an object store, and this host's configuration names none`,
            ),
          ),
          ...unofferedAmong(processor, `${location}/ItemProcessor`, offered),
        ];
      }
      default:
        return [];
    }
  });
}

const problemAt = (location: string, message: string): Diagnostic => ({
  severity: 'ERROR',
  code: 'SCHEMA_VALIDATION_FAILED',
  message,
  location,
});
