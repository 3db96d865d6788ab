import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of what the processes of a run make once for all of them; undefined where the run has none. */
    readonly templates: string | undefined;
  }
}

/** Gives a run its folder, and removes it afterwards. (vitest, globalSetup) */
export default async function templateFolder(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'pointsman-templates-'));
  project.provide('templates', folder);
  return () => rm(folder, { recursive: true, force: true });
}
