import { type LocalFunction, type LocalFunctions } from '../../adapters/local/local-function.ts';
import { inProcessTaskDispatcher } from '../../adapters/local/task-dispatcher.ts';
import { memoryTaskDispatcher } from '../../adapters/memory/task-dispatcher.ts';
import type { Json } from '../../engine/data/json.ts';
import { testClock } from '../support/test-clock.ts';
import { taskDispatcherContract } from './task-dispatcher.ts';

const resource = 'arn:aws:lambda:us-east-1:000000000000:function:verify-release';

taskDispatcherContract('memory', () => {
  const clock = testClock();
  const dispatcher = memoryTaskDispatcher(clock, new Set([resource]));
  const given = () => dispatcher.accepted.map(({ input }) => input);
  return { ...dispatcher, dispatcher, clock, resource, given };
});

taskDispatcherContract('in process', () => {
  const clock = testClock();
  const given: Json[] = [];
  const calls = new Map<string, PromiseWithResolvers<unknown>>();
  const work: LocalFunction = (input, { key }) => {
    given.push(input);
    const call = Promise.withResolvers<unknown>();
    calls.set(key, call);
    return call.promise;
  };
  const functions: LocalFunctions = new Map([[resource, work]]);
  return {
    dispatcher: inProcessTaskDispatcher({ functions, concurrency: 10, clock, log: () => {} }),
    clock,
    resource,
    given: () => given,
    succeed: (key, output) => calls.get(key)?.resolve(output),
    fail: (key, error, cause) => calls.get(key)?.reject(Object.assign(new Error(cause), { name: error })),
  };
});
