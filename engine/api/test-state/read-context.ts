import { isObject, type Json, type JsonObject } from '../../data/json.ts';
import { parseJson } from '../../data/parse-json.ts';
import { ApiError } from '../api-error.ts';

type Kind = 'string' | 'number' | 'any';

/** What a context object may hold; `Map` comes from the Map itself. (Step Functions guide, "Context object") */
const parts: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  Execution: {
    Id: 'string',
    Input: 'any',
    Name: 'string',
    RoleArn: 'string',
    StartTime: 'string',
    RedriveCount: 'number',
    RedriveTime: 'string',
  },
  State: { EnteredTime: 'string', Name: 'string', RetryCount: 'number' },
  StateMachine: { Id: 'string', Name: 'string' },
  Task: { Token: 'string' },
};

/** The context object that a mocked state sees, exactly as given. @throws ApiError `ValidationException` in AWS's words */
export function readContext(text: string): JsonObject {
  const context = parse(text);
  if (!isObject(context)) throw wrong('Context object must be a JSON object');
  for (const [name, value] of Object.entries(context)) {
    if (name === 'Map') throw wrong("'Map' field is not supported when mocking a Context object");
    const fields = parts[name];
    if (fields === undefined || !Object.hasOwn(parts, name)) throw wrong(`Field '${name}' is not allowed`);
    checkPart(name, value, fields);
  }
  return context;
}

function checkPart(part: string, value: Json, fields: Readonly<Record<string, Kind>>): void {
  if (!isObject(value)) throw wrong(`${part} must be a JSON object`);
  for (const [name, field] of Object.entries(value)) {
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (kind === undefined) throw wrong(`Field '${name}' is not allowed`);
    if (kind !== 'any' && typeof field !== kind) throw wrong(`${part}.${name} must be a ${kind}`);
  }
}

function parse(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    throw wrong('Context object must be valid JSON');
  }
}

const wrong = (problem: string) => new ApiError('ValidationException', `Invalid Context object provided: ${problem}`);
