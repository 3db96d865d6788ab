import { own } from '../data/json.ts';
import type { FailState, PassState, State, SucceedState } from './machine.ts';
import { readChoice } from './read-choice.ts';
import { readFailureText } from './read-dynamic.ts';
import { readFlow } from './read-flow.ts';
import { readMap } from './read-map.ts';
import { readNext } from './read-next.ts';
import { readParallel } from './read-parallel.ts';
import { readTask } from './read-task.ts';
import { languageOf, readLanguage, readText, readWord } from './read-values.ts';
import { readWait } from './read-wait.ts';
import { checkShape, type Section } from './section.ts';
import { stateShapes, type StateType } from './shapes.ts';
import type { Rules, StateSource } from './state-source.ts';

const types: readonly StateType[] = ['Task', 'Wait', 'Pass', 'Succeed', 'Fail', 'Choice', 'Parallel', 'Map'];

const readers: { readonly [Type in StateType]: (source: StateSource) => State | undefined } = {
  Task: readTask,
  Wait: readWait,
  Pass: readPass,
  Succeed: readSucceed,
  Fail: readFail,
  Choice: readChoice,
  Parallel: readParallel,
  Map: readMap,
};

/** A state of any type; undefined when it cannot be read, which is reported. */
export function readState(name: string, section: Section, rules: Rules): State | undefined {
  const { place, fields } = section;
  if (own(fields, 'Type') === undefined) place.error("The field 'Type' is required");
  const type = readWord(section, 'Type', types);
  if (type === undefined) return undefined; // no telling which fields it should have
  const isDowngraded = own(fields, 'QueryLanguage') === 'JSONPath' && rules.machineLanguage === 'JSONata';
  if (isDowngraded) place.error("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  const language = languageOf(section) ?? rules.machineLanguage;
  checkShape(section, stateShapes[type], isDowngraded ? undefined : language); // AWS asks no more about the language then
  readLanguage(section);
  readText(section, 'Comment');
  return readers[type]({ ...section, name, type, language, rules });
}

function readPass(source: StateSource): PassState {
  const { name, fields, language } = source;
  const result = language === 'JSONPath' ? own(fields, 'Result') : undefined;
  return { name, type: 'Pass', flow: readFlow(source), result, next: readNext(source) };
}

function readSucceed(source: StateSource): SucceedState {
  return { name: source.name, type: 'Succeed', flow: readFlow(source) };
}

function readFail(source: StateSource): FailState {
  const text = (field: string) => readFailureText({ section: source, field, language: source.language });
  return { name: source.name, type: 'Fail', flow: readFlow(source), error: text('Error'), cause: text('Cause') };
}
