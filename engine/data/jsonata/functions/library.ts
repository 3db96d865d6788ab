import { type Callable, callable } from '../evaluator/callable.ts';
import { compileSignature } from '../evaluator/signature.ts';
import { arrayFunctions } from './array-functions.ts';
import { dateFunctions } from './date-functions.ts';
import { dialectFunctions } from './dialect-functions.ts';
import { encodingFunctions } from './encoding-functions.ts';
import { higherOrderFunctions } from './higher-order-functions.ts';
import type { Natives } from './native.ts';
import { numberFunctions } from './number-functions.ts';
import { objectFunctions } from './object-functions.ts';
import { patternFunctions } from './pattern-functions.ts';
import { pictureFunctions } from './picture-functions.ts';
import { textFunctions } from './text-functions.ts';
import { valueFunctions } from './value-functions.ts';

const families: readonly Natives[] = [
  textFunctions,
  patternFunctions,
  encodingFunctions,
  numberFunctions,
  pictureFunctions,
  dateFunctions,
  valueFunctions,
  arrayFunctions,
  objectFunctions,
  higherOrderFunctions,
  dialectFunctions,
];

/** The function of JSONata 2.0.6, or of AWS, by its name without `$`; undefined when there is none. There is no `eval`. */
export function libraryFunction(name: string): Callable | undefined {
  const family = families.find((natives) => Object.hasOwn(natives, name));
  const native = family?.[name];
  if (native === undefined) return undefined;
  const { implementation, arity, signature } = native;
  return callable((args, _, run) => implementation(run, ...args), {
    arity,
    width: Math.max(1, arity), // a function without parameters is taken to have one without a name
    signature: compileSignature(signature),
  });
}
