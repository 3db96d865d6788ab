import type { Shape } from './shapes.ts';

/** What stands to the right of an operator: a constant of a kind, or a path to one. */
export type Operand = 'text' | 'number' | 'timestamp' | 'boolean' | 'path';

export interface Operator {
  /** Without `Path`. */
  readonly operator: string;
  readonly operand: Operand;
}

const orders = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'];
const withOrder = [
  ['String', 'text'],
  ['Numeric', 'number'],
  ['Timestamp', 'timestamp'],
] as const;
const tests = ['IsNull', 'IsPresent', 'IsNumeric', 'IsString', 'IsBoolean', 'IsTimestamp'];

const constants: readonly Operator[] = [
  ...withOrder.flatMap(([kind, operand]) => orders.map((order) => ({ operator: kind + order, operand }))),
  { operator: 'BooleanEquals', operand: 'boolean' },
];

/** The 39 comparison operators of a JSONPath Choice by the name of their field. (ASL spec, "Data-test expression") */
export const choiceOperators: ReadonlyMap<string, Operator> = new Map([
  ...constants.map((each): [string, Operator] => [each.operator, each]),
  ...constants.map(({ operator }): [string, Operator] => [`${operator}Path`, { operator, operand: 'path' }]),
  ['StringMatches', { operator: 'StringMatches', operand: 'text' }],
  ...tests.map((operator): [string, Operator] => [operator, { operator, operand: 'boolean' }]),
]);

/** The fields that combine other conditions. */
export const combiners = ['And', 'Or', 'Not'] as const;

const condition = Object.fromEntries(
  [...choiceOperators.keys(), ...combiners].map((name) => [name, 'JSONPath' as const]),
);

/** A condition below `And`, `Or` or `Not`. */
export const conditionShape: Shape = { fields: { ...condition, Variable: 'JSONPath', Comment: 'any' } };

/** An element of `Choices`. */
export const choiceRuleShape: Shape = {
  fields: {
    ...conditionShape.fields,
    Next: 'any',
    Assign: 'any',
    Output: 'JSONata',
    Condition: 'JSONata',
  },
  required: ['Next'],
};
