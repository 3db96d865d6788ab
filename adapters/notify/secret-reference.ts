import { readFile } from 'node:fs/promises';

/**
 * A function that reads the secret behind `env:NAME` or `file:PATH`, anew each time, so that a rotated one is found.
 * @throws Error that names the reference, never what it holds
 */
export function secretReference(reference: string, environment = process.env): () => Promise<string> {
  const [kind, name] = [reference.slice(0, reference.indexOf(':')), reference.slice(reference.indexOf(':') + 1)];
  return async () => {
    const secret =
      kind === 'env' ? environment[name] : kind === 'file' ? (await readFile(name, 'utf8')).trim() : undefined;
    if (secret) return secret;
    throw new Error(
      `${reference} holds no secret; a reference is env:NAME or file:PATH and what it names is not empty`,
    );
  };
}
