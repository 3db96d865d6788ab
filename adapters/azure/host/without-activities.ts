import { ApiError, type StepFunctionsOperations } from '../../../engine/api/index.ts';

const OFF = ['CreateActivity', 'GetActivityTask'] as const;
const CREATING = ['CreateStateMachine', 'UpdateStateMachine', 'ValidateStateMachineDefinition'] as const;

/**
 * The operations of a host that no worker can wait at: activities are not made, and a definition that names one is
 * refused like any other that cannot run here.
 */
export function withoutActivities(operations: StepFunctionsOperations): StepFunctionsOperations {
  const changed: Record<string, (request: unknown) => Promise<object>> = {};
  for (const name of OFF)
    changed[name] = async () => {
      throw new ApiError('UnknownOperationException', `${name} is not offered on this host: no worker can wait here`);
    };
  for (const name of CREATING) {
    const operation: (request: unknown) => Promise<object> = operations[name];
    changed[name] = async (request) => {
      const found = activityIn(request);
      if (found === undefined) return operation(request);
      const problem = `The activity ${found} cannot be reached: this host has no activities`;
      if (name !== 'ValidateStateMachineDefinition')
        throw new ApiError(
          'InvalidDefinition',
          `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${problem}'`,
        );
      const diagnostic = { severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', message: problem };
      return { result: 'FAIL', diagnostics: [diagnostic], truncated: false };
    };
  }
  return { ...operations, ...changed };
}

/** The first activity that a definition's states name. */
function activityIn(request: unknown): string | undefined {
  const text =
    typeof request === 'object' && request !== null && 'definition' in request ? request.definition : undefined;
  if (typeof text !== 'string' || !text.includes(':activity:')) return undefined;
  try {
    return activityUnder(JSON.parse(text));
  } catch {
    return undefined; // what is no JSON is refused by the operation
  }
}

function activityUnder(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('Resource' in value && 'Type' in value && value.Type === 'Task' && isActivity(value.Resource))
    return value.Resource;
  for (const part of Object.values(value)) {
    const found = activityUnder(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isActivity = (resource: unknown): resource is string =>
  typeof resource === 'string' && /^arn:[^:]+:states:[^:]*:[^:]*:activity:/.test(resource);
