import type { Json } from '../json.ts';
import { IntrinsicFailure, InvalidArguments } from './intrinsic.ts';
import { javaText } from './java-text.ts';

/**
 * A template with each `{}` replaced by the next value. `\{`, `\}`, `\'` and `\\` stand for the character.
 * @throws IntrinsicFailure when a brace stands alone, or when there are more or fewer `{}` than values
 */
export function formatText(template: string, values: readonly Json[]): string {
  let used = 0;
  const text = template.replaceAll(/\\(.)|\{\}|[{}]/gs, (place, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    if (place !== '{}') throw lonely(place);
    const value = values[used++];
    return value === undefined ? place : javaText(value);
  });
  if (used !== values.length) throw new InvalidArguments();
  return text;
}

function lonely(brace: string): IntrinsicFailure {
  const [missing, found] = brace === '{' ? ['}', '{'] : ['{', '}'];
  return new IntrinsicFailure(`Invalid template in States.Format: matching '${missing}' not found for '${found}'.`);
}
