import { posix } from 'node:path';

/**
 * What is wrong with a symbolic link at `path` (relative to the image's root) to `target`; undefined when nothing is.
 * A target first climbs, never above the root, and then only descends. Climbing after a name could leave the root
 * through another link; this way each `..` is taken from a real folder.
 */
export function linkProblem(path: string, target: string): string | undefined {
  if (posix.isAbsolute(target)) return `is a link to the absolute path ${target}`;
  const steps = target.split('/').filter((step) => step !== '' && step !== '.');
  const climbs = steps.findIndex((step) => step !== '..');
  const up = climbs === -1 ? steps.length : climbs;
  const depth =
    posix
      .normalize(path)
      .split('/')
      .filter((step) => step !== '' && step !== '.').length - 1;
  if (up > depth) return `is a link out of the image, to ${target}`;
  if (steps.slice(up).includes('..')) return `is a link that climbs after a name, to ${target}`;
  return undefined;
}
