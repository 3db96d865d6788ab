import type { LogSink } from '../../engine/runner/ports.ts';

export interface MemoryLogSink extends LogSink {
  /** The lines of a log group, in the order they were put. */
  lines(logGroupArn: string): readonly string[];
  /** Makes the log group; one that is there stays as it is. */
  create(logGroupArn: string): void;
  /** Removes the log group with its lines; what is put there later makes it again. */
  drop(logGroupArn: string): void;
}

/** Log groups in memory, by ARN. */
export function memoryLogSink(groups: readonly string[] = []): MemoryLogSink {
  const kept = new Map<string, string[]>(groups.map((arn) => [arn, []]));
  return {
    has: async (arn) => kept.has(arn),
    async put(arn, lines) {
      kept.set(arn, [...(kept.get(arn) ?? []), ...lines]);
    },
    lines: (arn) => kept.get(arn) ?? [],
    create: (arn) => void (kept.has(arn) || kept.set(arn, [])),
    drop: (arn) => void kept.delete(arn),
  };
}
