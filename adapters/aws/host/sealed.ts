import { StepFailure } from '../../../functions/step-failure.ts';

/** Settings as a parameter holds them: with their sum, for they were checked when the stack was packaged and are not again. */
export const sealed = (value: unknown): string => JSON.stringify({ sum: sumOf(value), value });

/** @param name of the parameter. @throws StepFailure `Pointsman.NotConfigured` for what was changed since it was checked */
export function opened(name: string, text: string): unknown {
  try {
    const { sum, value } = JSON.parse(text) as { readonly sum?: unknown; readonly value?: unknown };
    if (sum === sumOf(value)) return value;
  } catch {
    // told below
  }
  throw new StepFailure(
    'Pointsman.NotConfigured',
    `the parameter ${name} is not as it was deployed: change the configuration file, and deploy it`,
  );
}

const sumOf = (value: unknown): string =>
  process
    .getBuiltinModule('node:crypto') // loaded with the first parameter
    .createHash('sha256')
    .update(JSON.stringify(value) ?? '')
    .digest('hex')
    .slice(0, 16);
