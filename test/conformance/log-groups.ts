import { type MemoryLogSink, memoryLogSink } from '../../adapters/memory/log-sink.ts';

/** The log groups of a case, by name. */
export interface LogGroups {
  readonly sink: MemoryLogSink;
  arnOf(name: string): string;
  /** What was logged, as it was put: the events of one group, of all without a name. */
  events(name?: string): readonly LoggedEvent[];
}

/** A line of a log, read. */
export interface LoggedEvent {
  readonly id: string;
  readonly type: string;
  readonly execution_arn: string;
}

export function createLogGroups(region: string, account: string): LogGroups {
  const put: { readonly group: string; readonly event: LoggedEvent }[] = [];
  const sink = memoryLogSink();
  return {
    sink: {
      ...sink,
      async put(group, lines) {
        await sink.put(group, lines);
        put.push(...lines.map((line) => ({ group, event: JSON.parse(line) as LoggedEvent })));
      },
    },
    arnOf: (name) => `arn:aws:logs:${region}:${account}:log-group:${name}:*`,
    events(name) {
      const wanted = name === undefined ? put : put.filter(({ group }) => group === this.arnOf(name));
      return wanted.map(({ event }) => event);
    },
  };
}
