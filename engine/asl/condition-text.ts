import type { Condition } from './machine.ts';

/** A Choice condition on one line, for people: `$.share > 10 and not ($.name is present)`. */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'jsonata':
      return condition.text;
    case 'and':
    case 'or':
      return condition.conditions.map(enclosed).join(` ${condition.kind} `);
    case 'not':
      return `not ${enclosed(condition.condition)}`;
    case 'compare':
      return comparisonText(condition);
    default:
      return condition satisfies never;
  }
}

const enclosed = (condition: Condition): string =>
  condition.kind === 'and' || condition.kind === 'or' ? `(${conditionText(condition)})` : conditionText(condition);

function comparisonText({ variable, operator, operand }: Extract<Condition, { kind: 'compare' }>): string {
  const test = /^Is(.+)$/.exec(operator)?.[1]?.toLowerCase();
  if (test !== undefined && operand.kind === 'constant')
    return `${variable.text} is ${operand.value === true ? '' : 'not '}${test}`;
  const right = operand.kind === 'path' ? operand.path.text : JSON.stringify(operand.value);
  return `${variable.text} ${sign(operator)} ${right}`;
}

/** By what the operator's name ends in, the longer names first. */
const signs = [
  ['LessThanEquals', '<='],
  ['GreaterThanEquals', '>='],
  ['LessThan', '<'],
  ['GreaterThan', '>'],
  ['Equals', '='],
] as const;

const sign = (operator: string): string => signs.find(([name]) => operator.endsWith(name))?.[1] ?? 'matches';
