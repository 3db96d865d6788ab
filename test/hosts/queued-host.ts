import { stepFunctionsApi, stepFunctionsOperations } from '../../engine/api/index.ts';
import { toEpochMs } from '../../engine/data/instant.ts';
import { memoryExecutionStore } from '../../engine/runner/memory-execution-store.ts';
import type { EffectNotice, EffectQueue } from '../../engine/runner/ports.ts';
import { createQueuedRunner } from '../../engine/runner/queued-runner.ts';
import { machineCache } from '../../adapters/local/host/machine-cache.ts';
import { randomIds } from '../../adapters/local/random-ids.ts';
import { inProcessTaskDispatcher } from '../../adapters/local/task-dispatcher.ts';
import type { OpenHost } from './hosts.ts';

/**
 * What the hosts without a process of their own have in common, and nothing else: a runner that is given notices, here from
 * a queue in memory. A difference between such a host and the local one is looked for here first.
 */
export const openQueuedHost: OpenHost = async (parts) => {
  const { clock, time, functions, around = (dispatcher) => dispatcher, objects, events, onProblem } = parts;
  const { ids = randomIds } = parts;
  const store = memoryExecutionStore();
  const dispatcher = around(inProcessTaskDispatcher({ functions, concurrency: 1000, clock, log: () => undefined }));
  const queue: EffectQueue = {
    async send(notices) {
      for (const notice of notices) clock.at(toEpochMs(Math.max(notice.at ?? 0, clock.now())), () => give(notice));
    },
  };
  const runner = createQueuedRunner({
    store: time.port(store),
    queue,
    dispatcher,
    ...(objects && { objects: time.port(objects) }),
    events: events && time.port(events),
    clock,
    ids,
    machineOf: machineCache((resource) => dispatcher.knows(resource)),
    onProblem: (problem, _arn, thrown) => onProblem(problem, thrown),
  });
  const give = (notice: EffectNotice): void => {
    runner.perform(notice).catch((thrown: unknown) => {
      onProblem('a notice could not be performed and is given again', thrown);
      clock.at(toEpochMs(clock.now() + 1000), () => give(notice));
    });
  };
  return {
    api: (place) =>
      time.requests(
        stepFunctionsApi({
          operations: stepFunctionsOperations({ runner, store, dispatcher, clock, ids, ...place }),
          ids,
          onProblem: (problem, thrown) => onProblem(problem, thrown),
        }),
      ),
    store,
    close: () => runner.close(),
  };
};
