import { arrayIntrinsics } from './array-intrinsics.ts';
import { encodingIntrinsics } from './encoding-intrinsics.ts';
import type { Intrinsic } from './intrinsic.ts';
import { jsonIntrinsics } from './json-intrinsics.ts';
import { mathIntrinsics } from './math-intrinsics.ts';
import { textIntrinsics } from './text-intrinsics.ts';

/** The 18 functions by their full names: `States.Format`. */
export const intrinsics: Readonly<Record<string, Intrinsic>> = {
  ...textIntrinsics,
  ...jsonIntrinsics,
  ...arrayIntrinsics,
  ...encodingIntrinsics,
  ...mathIntrinsics,
};
