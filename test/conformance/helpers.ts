import { isObject, type Json, own } from '../../engine/data/json.ts';
import { toEpochMs } from '../../engine/data/instant.ts';
import { textOf } from './case.ts';
import type { CaseHost } from './case-host.ts';
import type { Client } from './client.ts';
import { ANY_QUEUE } from './queues.ts';

/** What the helpers of recorded tests work with. */
export interface HelperWorld {
  readonly host: CaseHost;
  readonly client: Client;
  /** Aborted when the case is over. */
  readonly over: AbortSignal;
  /** Told what a helper that works in the background could not do. */
  readonly onProblem: (problem: string) => void;
}

/**
 * Starts what a recorded test had beside the machine: something that answers a queue's messages, or works for an
 * activity. Gives the helper's own answer; a helper that is not known here does nothing.
 */
export function startHelper(name: string, params: Json | undefined, world: HelperWorld): Json {
  const given = isObject(params) ? params : {};
  const args = own(given, 'args');
  const [first] = Array.isArray(args) ? args : [];
  if (/^sqs_send_.*task_(success|failure)_state_machine$/.test(name) && typeof first === 'string')
    world.host.queues.consume(first, answering(world, callbackOf(name)));
  if (name === 'deploy_cfn_template' && own(given, 'template') === 'wait-for-callback.yaml')
    world.host.queues.consume(ANY_QUEUE, answering(world, callbackOfFunction));
  if (name === 'sfn_activity_consumer') void workFor(given, world);
  if (!name.endsWith('_queue')) return {};
  const url = `https://sqs.us-east-1.amazonaws.com/111111111111/${name}`;
  world.host.queues.create(url);
  if (name === 'sfn_events_to_sqs_queue')
    world.host.events.bringTo(url, textOf(params, 'state_machine_arn') || undefined);
  return url;
}

type Callback = (body: { readonly [key: string]: Json }, token: string, say: Say) => Promise<void>;
interface Say {
  call(operation: string, params: object): Promise<unknown>;
  sleep(milliseconds: number): Promise<void>;
}

const callbackOf =
  (name: string): Callback =>
  async (body, taskToken, { call, sleep }) => {
    if (name.includes('heartbeat')) {
      await sleep(5_000);
      await call('SendTaskHeartbeat', { taskToken });
    }
    if (name.includes('task_failure'))
      await call('SendTaskFailure', { taskToken, error: 'Failure error', cause: 'Failure cause' });
    else await call('SendTaskSuccess', { taskToken, output: JSON.stringify(own(body, 'Message') ?? null) });
  };

const callbackOfFunction: Callback = async (body, taskToken, { call }) => {
  if (own(body, 'ShouldFail') === 'yes')
    await call('SendTaskFailure', { taskToken, error: 'IntentionalFail', cause: 'Intentional failure' });
  else await call('SendTaskSuccess', { taskToken, output: '{"message": "Successfully executed lambda"}' });
};

/** Reads a message and calls back, with the clock standing still but for its own waits. */
function answering(world: HelperWorld, callback: Callback): (text: string) => void {
  const read = (text: string): { readonly [key: string]: Json } => {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  };
  return (text) => {
    const hand = handOn(world);
    const body = read(text);
    callback(body, textOf(body, 'TaskToken'), hand)
      .catch((thrown: unknown) => world.onProblem(`a queue's consumer failed: ${String(thrown)}`))
      .finally(hand.letGo);
  };
}

/** Calls and waits of a helper. The clock stands still until `letGo`, except in a wait. */
function handOn({ host: { clock }, client, over }: HelperWorld): Say & { letGo(): void } {
  let letGo = clock.hold();
  return {
    call: (operation, params) => client.call(operation, params, over),
    async sleep(milliseconds) {
      const waited = new Promise<void>((resolve) => {
        clock.at(toEpochMs(clock.now() + milliseconds), () => {
          letGo = clock.hold();
          resolve();
        });
      });
      letGo();
      await waited;
    },
    letGo: () => letGo(),
  };
}

/** A worker as the recorded templates describe it: takes tasks of an activity, and answers, fails or ignores them. */
async function workFor(params: { readonly [key: string]: Json }, world: HelperWorld): Promise<void> {
  const template = own(params, 'template');
  const kind = textOf(template, 'Comment');
  const workerName = /"WorkerName":\s*"([^"]+)"/.exec(JSON.stringify(template))?.[1];
  const asked = { activityArn: own(params, 'activity_arn'), ...(workerName === undefined ? {} : { workerName }) };
  while (!world.over.aborted) {
    const answer = await world.client.call('GetActivityTask', asked, world.over).catch((thrown: unknown) => {
      if (!world.over.aborted) world.onProblem(`GetActivityTask failed: ${String(thrown)}`);
      return undefined;
    });
    if (answer === undefined) return;
    if (answer.kind === 'refused') return world.onProblem(`GetActivityTask: ${answer.code}: ${answer.message}`);
    const { taskToken, input } = answer.value as { readonly taskToken?: string; readonly input?: string };
    const hand = handOn(world);
    world.host.taskTaken();
    if (typeof taskToken === 'string' && taskToken !== '') await answerTask(kind, taskToken, input ?? '{}', hand);
    hand.letGo();
  }
}

async function answerTask(kind: string, taskToken: string, input: string, { call, sleep }: Say): Promise<void> {
  if (kind.includes('TIMEOUT')) return;
  if (kind.includes('HEARTBEAT')) {
    await sleep(2_000);
    await call('SendTaskHeartbeat', { taskToken });
    await sleep(2_000);
  }
  if (kind.includes('FAIL')) await call('SendTaskFailure', { taskToken, error: 'Programmatic Error', cause: input });
  else await call('SendTaskSuccess', { taskToken, output: input });
}
