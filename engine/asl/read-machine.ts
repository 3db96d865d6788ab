import { isObject, type Json, type JsonObject } from '../data/json.ts';
import { checkGraph } from './graph-checks.ts';
import { hasEndlessNumber } from '../data/parse-json.ts';
import { jsonSyntaxError } from '../data/json-syntax.ts';
import { checkLabels } from './label-checks.ts';
import type { Diagnostic, Machine, Reading } from './machine.ts';
import { nowhereIn, placeIn } from './place.ts';
import { readStates } from './read-states.ts';
import { languageOf, longestSeconds, readChoice, readLanguage, readNumber, readText } from './read-values.ts';
import { checkShape } from './section.ts';
import { machineShape } from './shapes.ts';
import { checkVariables } from './variable-checks.ts';
import { checkWarnings } from './warnings.ts';

export interface ReadOptions {
  /** STANDARD when absent. */
  readonly type?: 'STANDARD' | 'EXPRESS';
  /** Whether a Task may name this resource besides those that every host offers (`resources.ts`); none when absent. */
  readonly knows?: (resource: string) => boolean;
  /** The one state of the definition is looked at by itself: where it leads need not be there. */
  readonly isOneState?: boolean;
}

/** The longest definition, in characters. */
export const longestDefinition = 1_048_576;

/** How deep objects and arrays of a definition may stand in one another. */
export const deepestNesting = 500;

/** Reads an ASL definition. Gives every problem it finds, in AWS's words where AWS finds it too; never throws. */
export function readMachine(definition: string, options: ReadOptions = {}): Reading {
  const diagnostics: Diagnostic[] = [];
  const value = parseDefinition(definition, diagnostics);
  const machine = value && readDefinition(value, options, diagnostics);
  const isRefused = diagnostics.some(({ severity }) => severity === 'ERROR');
  return machine === undefined || isRefused
    ? { ok: false, diagnostics }
    : { ok: true, machine: freeze(machine), warnings: diagnostics };
}

function parseDefinition(text: string, diagnostics: Diagnostic[]): JsonObject | undefined {
  const nowhere = nowhereIn(diagnostics);
  if (text.length > longestDefinition) {
    nowhere.error(`A definition has at most ${longestDefinition} characters, this one has ${text.length}`);
    return undefined;
  }
  const value = text.trim() === '' ? null : parseJson(text, diagnostics);
  if (value === undefined) return undefined;
  if (!isObject(value)) {
    nowhere.error('Definition must be a valid JSON object');
    return undefined;
  }
  if (isDeeper(value, deepestNesting)) {
    nowhere.error(`Objects and arrays stand in one another more than ${deepestNesting} deep`, 'TOO_DEEPLY_NESTED');
    return undefined;
  }
  if (hasEndlessNumber(text, value)) {
    nowhere.error(`A number is beyond ±${Number.MAX_VALUE}`);
    return undefined;
  }
  return value;
}

function parseJson(text: string, diagnostics: Diagnostic[]): Json | undefined {
  try {
    return JSON.parse(text); // of two fields with one name the last counts, as on AWS
  } catch {
    const { message, source } = jsonSyntaxError(text) ?? { message: 'The text is no JSON', source: null };
    const code = 'INVALID_JSON_DESCRIPTION';
    diagnostics.push({ severity: 'ERROR', code, message: `${message}\n at ${source}`, location: source });
    return undefined;
  }
}

function readDefinition(fields: JsonObject, options: ReadOptions, diagnostics: Diagnostic[]): Machine | undefined {
  const machine = { fields, place: placeIn(diagnostics) };
  const queryLanguage = languageOf(machine) ?? 'JSONPath';
  readLanguage(machine);
  checkShape(machine, machineShape, queryLanguage);
  readText(machine, 'Comment');
  readChoice(machine, 'Version', ['1.0']);
  // AWS takes 0, and says nowhere what it means; here it is no limit, as if there were none.
  const timeoutSeconds = readNumber(machine, 'TimeoutSeconds', { min: 0, max: longestSeconds });
  const states = readStates(machine, {
    machineLanguage: queryLanguage,
    machineType: options.type ?? 'STANDARD',
    knows: options.knows ?? (() => false),
  });
  checkGraph(machine, nowhereIn(diagnostics), options.isOneState);
  checkVariables(machine);
  checkLabels(machine);
  checkWarnings(machine);
  return states && { ...states, queryLanguage, timeoutSeconds: timeoutSeconds === 0 ? undefined : timeoutSeconds };
}

/** Looks level by level: a definition deep enough to exhaust the stack must not do so here. */
function isDeeper(value: Json, levels: number): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}

/** Compiled expressions are left as they are: they belong to the data modules. Only they hold functions. */
function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  const parts: unknown[] = Object.values(value);
  if (parts.some((part) => typeof part === 'function')) return value;
  for (const part of parts) freeze(part);
  return Object.freeze(value);
}
