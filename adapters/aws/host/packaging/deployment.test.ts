import { describe, expect, it } from 'vitest';
import deploymentOf from './deployment.cjs';

/** As osls calls it. */
const made = (configuration: string) =>
  deploymentOf({ resolveVariable: async (name: string) => (name === 'sls:stage' ? 'dev' : configuration) });

describe('what serverless.yml asks for', () => {
  it.each([
    ['none.yaml', /^there is no configuration file \/.+none\.yaml$/],
    ['package.json', /^package\.json cannot be used: .*Unrecognized key/],
    ['LICENSE', /^LICENSE is not YAML: /],
  ])('says in a sentence that %s is no configuration: a stack is what osls would show', async (file, sentence) => {
    const stack = await made(file).catch((thrown: unknown) => thrown instanceof Error && thrown.stack);

    expect(stack).toMatch(sentence);
    expect(stack).not.toContain('    at ');
  });
});
