import { virtualTime } from '../../adapters/local/host/host-time.ts';
import type { Fetch } from '../../adapters/local/host/listen.ts';
import type { LocalFunction } from '../../adapters/local/local-function.ts';
import { type VirtualClock, virtualClock } from '../../adapters/local/virtual-clock.ts';
import { toEpochMs } from '../../engine/data/instant.ts';
import type { TaskDispatcher, TaskOutcome } from '../../engine/runner/ports.ts';
import type { OpenHost } from '../hosts/hosts.ts';
import { openLocalHost } from '../hosts/local-host.ts';
import { functionOf } from './behaviours.ts';
import type { Behaviour, Case } from './case.ts';
import { createLogGroups, type LogGroups } from './log-groups.ts';
import { createObjects, type Objects } from './objects.ts';
import { createQueues, type Queues } from './queues.ts';
import { createStatusEvents, type StatusEvents } from './status-events.ts';

export const ACCOUNT = '111111111111';
export const REGION = 'us-east-1';
/** What "now" is in a case that does not say. */
const DEFAULT_NOW = '2024-01-01T00:00:00Z';

/** A host for one case, with the functions of the case. */
export interface CaseHost {
  /** Answers as the host of an account. */
  fetch(account: string): Fetch;
  readonly clock: VirtualClock;
  readonly queues: Queues;
  readonly logs: LogGroups;
  readonly events: StatusEvents;
  readonly objects: Objects;
  /** Lets time go on after an answer of GetActivityTask: it stands still until whoever asked has looked at it. */
  taskTaken(): void;
  /** What the host could not settle by itself. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

export async function openCaseHost(
  recorded: Case,
  behaviours: Readonly<Record<string, Behaviour>>,
  open: OpenHost = openLocalHost,
): Promise<CaseHost> {
  const start = Date.parse(recorded.clock ?? DEFAULT_NOW);
  const clock = virtualClock(start);
  const time = virtualTime(start, clock);
  const queues = createQueues();
  const logs = createLogGroups(REGION, ACCOUNT);
  const events = createStatusEvents(queues);
  const objects = createObjects(clock.now);
  const problems: string[] = [];
  const onProblem = (problem: string, thrown: unknown) => void problems.push(`${problem}: ${String(thrown)}`);

  const sleep = (milliseconds: number) =>
    new Promise<void>((resolve) => void clock.at(toEpochMs(clock.now() + milliseconds), resolve));
  const functions = new Map<string, LocalFunction>();
  for (const [arn, { behaviour, name }] of Object.entries(recorded.functions ?? {})) {
    const does = behaviours[behaviour];
    const work = functionOf(does, `${name} (${behaviour})`, sleep);
    functions.set(arn, does?.js?.includes('sleep') === true ? work : time.call(work));
  }
  // Only what the callbacks of the recordings go through; every other service is refused at creation.
  if (recorded.tier === 2)
    for (const pattern of ['', '.waitForTaskToken'])
      functions.set(`arn:aws:states:::sqs:sendMessage${pattern}`, time.call(queues.sendMessage));

  const host = await open({
    clock,
    time,
    functions,
    around: withCompactCauses,
    objects: objects.store,
    events: recorded.kind === 'eventbridge' ? events.sink : undefined,
    logs: logs.sink,
    onProblem,
  });
  const apis = new Map<string, Fetch>();
  const taken: (() => void)[] = [];
  const holdingTasks =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const response = await fetch(request);
      if (request.headers.get('x-amz-target')?.endsWith('.GetActivityTask') === true) taken.push(clock.hold());
      return response;
    };
  return {
    fetch(account) {
      const known = apis.get(account) ?? holdingTasks(host.api({ region: REGION, account }));
      apis.set(account, known);
      return known;
    },
    clock,
    queues,
    logs,
    events,
    objects,
    taskTaken: () => taken.shift()?.(),
    problems,
    async close() {
      time.close();
      await host.close();
    },
  };
}

/** `lambda:invoke` parses a function's failure and writes it compactly; a call by ARN keeps the text. */
function withCompactCauses(dispatcher: TaskDispatcher): TaskDispatcher {
  const compact = (outcome: TaskOutcome): TaskOutcome =>
    outcome.kind === 'failed' && outcome.cause.startsWith('{')
      ? { ...outcome, cause: JSON.stringify(JSON.parse(outcome.cause)) }
      : outcome;
  return {
    ...dispatcher,
    dispatch: (task, report) =>
      dispatcher.dispatch(
        task,
        task.resource.includes(':::lambda:invoke') ? (outcome) => report(compact(outcome)) : report,
      ),
  };
}
