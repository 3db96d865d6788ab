import { own, type Json } from '../data/json.ts';
import { choiceOperators, choiceRuleShape, combiners, conditionShape, type Operand } from './choice-operators.ts';
import type { ChoiceRule, ChoiceState, Condition } from './machine.ts';
import { compileJsonataField, expressionText, isExpression } from './jsonata-field.ts';
import { compiled, readReference, readTemplate } from './read-expressions.ts';
import { readAssign, readFlow } from './read-flow.ts';
import { numberProblem, readText } from './read-values.ts';
import { checkShape, readElements, readSection, tooFew, tooMany, type Section } from './section.ts';
import type { StateSource } from './state-source.ts';
import { parseTimestamp } from './timestamp.ts';

/** A Choice state. */
export function readChoice(source: StateSource): ChoiceState {
  const rules = readElements(source, 'Choices');
  if (rules.length === 0 && Array.isArray(own(source.fields, 'Choices')))
    source.place.at('Choices').error('Value cannot be empty');
  return {
    name: source.name,
    type: 'Choice',
    flow: readFlow(source),
    choices: rules.flatMap(({ value, place, index }) => {
      const section = readSection(value, place);
      return (section && readRule(section, source, index)) ?? [];
    }),
    default: readText(source, 'Default'),
  };
}

function readRule(section: Section, { language }: StateSource, index: number): ChoiceRule | undefined {
  checkShape(section, choiceRuleShape, language);
  const expression = { section, language, prefix: `Choices[${index}]/` };
  const condition =
    language === 'JSONata' ? readJsonataCondition(section, `${expression.prefix}Condition`) : readCondition(section);
  const next = readText(section, 'Next');
  const output = language === 'JSONata' ? readTemplate({ ...expression, field: 'Output' }) : undefined;
  const assign = readAssign({ ...expression, field: 'Assign' });
  return condition && next !== undefined ? { condition, next, output, assign } : undefined;
}

function readJsonataCondition({ fields, place }: Section, field: string): Condition | undefined {
  const value = own(fields, 'Condition');
  const at = place.at('Condition');
  if (value === undefined) place.error(notOneKind);
  else if (typeof value !== 'boolean' && !isExpression(value))
    at.error('Expected value of type Boolean or a JSONata expression');
  else {
    const template = compiled(at, () => compileJsonataField(value, field));
    return template && { kind: 'jsonata', field, text: expressionText(value), template };
  }
  return undefined;
}

/**
 * One comparison, or one `And`, `Or`, `Not` over conditions, or AWS's refusal. How AWS refuses an operator beside
 * `And`, `Or` or `Not` is a guess.
 */
function readCondition(section: Section): Condition | undefined {
  const { fields, place } = section;
  const has = (name: string) => own(fields, name) !== undefined;
  const [kind, ...otherKinds] = ['Variable', ...combiners].filter(has);
  const operators = [...choiceOperators.keys()];
  const [operator, ...otherOperators] = operators.filter(has);
  if (kind === undefined || otherKinds.length > 0) place.error(notOneKind);
  else if (kind !== 'Variable' && operator !== undefined) place.error(`Field '${operator}' is not supported`);
  else if (kind === 'Not') return readNot(section);
  else if (kind === 'And' || kind === 'Or') return readAll(section, kind);
  else if (operator === undefined) place.error(tooFew(operators));
  else if (otherOperators.length > 0) place.error(tooMany(operators));
  else return readComparison(section, operator);
  return undefined;
}

const notOneKind = 'The object must have only one of the following fields, [And, Or, Not, Variable, Condition]';

function readNot({ fields, place }: Section): Condition | undefined {
  const condition = readNested(own(fields, 'Not'), place.at('Not'));
  return condition && { kind: 'not', condition };
}

function readAll(section: Section, name: 'And' | 'Or'): Condition | undefined {
  const elements = readElements(section, name);
  if (elements.length === 0 && Array.isArray(own(section.fields, name)))
    section.place.at(name).error('Value cannot be empty');
  const conditions = elements.flatMap(({ value, place }) => readNested(value, place) ?? []);
  return { kind: name === 'And' ? 'and' : 'or', conditions };
}

function readNested(value: Json | undefined, place: Section['place']): Condition | undefined {
  const section = readSection(value, place);
  if (section === undefined) return undefined;
  checkShape(section, conditionShape, 'JSONPath');
  return readCondition(section);
}

function readComparison(section: Section, name: string): Condition | undefined {
  const { fields, place } = section;
  const found = choiceOperators.get(name);
  const value = own(fields, name);
  const text = readText(section, 'Variable');
  const variable = text === undefined ? undefined : readReference(text, 'Variable', place.at('Variable'), true);
  if (found === undefined || value === undefined) return undefined;
  const problem = operandProblem(value, found.operand);
  if (problem !== undefined) {
    place.at(name).error(problem);
    return undefined;
  }
  if (found.operand !== 'path' || typeof value !== 'string')
    return variable && { kind: 'compare', variable, operator: found.operator, operand: { kind: 'constant', value } };
  const path = readReference(value, name, place.at(name), true);
  return variable && path && { kind: 'compare', variable, operator: found.operator, operand: { kind: 'path', path } };
}

function operandProblem(value: Json, operand: Operand): string | undefined {
  if (operand === 'number') return numberProblem(value, { min: -Infinity, whole: false });
  if (operand === 'boolean') return typeof value === 'boolean' ? undefined : 'Expected value of type Boolean';
  if (typeof value !== 'string') return 'Expected value of type String';
  if (operand === 'timestamp' && parseTimestamp(value) === undefined) return 'String does not match RFC3339 timestamp';
  return undefined;
}
