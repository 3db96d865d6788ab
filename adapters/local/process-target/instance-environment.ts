import { dirname } from 'node:path';
import type { Digest, ServiceName } from '../../../functions/ports/release.ts';

/** Marks of an instance's processes, by which they are found again. */
interface InstanceMarks {
  /** Absolute path of the target's folder. */
  readonly POINTSMAN_TARGET: string;
  readonly POINTSMAN_SERVICE: ServiceName;
  readonly POINTSMAN_RELEASE: Digest;
  readonly POINTSMAN_INSTANCE: string;
}

/** Of the host's own environment only these go on to instances; the rest may be secrets of the host. */
const inherited = ['HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];

/**
 * The environment of an instance. What is configured wins over the image, and what Pointsman sets wins over both:
 * PORT and HOST to listen on, the marks, and this Node's folder first in PATH.
 */
export function instanceEnvironment(
  marks: InstanceMarks,
  port: number,
  image: Readonly<Record<string, string>>,
  configured: Readonly<Record<string, string>>,
  host: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const kept = inherited.flatMap((name): [string, string][] => {
    const value = host[name];
    return value === undefined ? [] : [[name, value]];
  });
  const path = configured['PATH'] ?? image['PATH'] ?? host['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
  return {
    ...Object.fromEntries(kept),
    ...image,
    ...configured,
    ...marks,
    PATH: `${dirname(process.execPath)}:${path}`,
    HOST: '127.0.0.1',
    PORT: String(port),
  };
}
