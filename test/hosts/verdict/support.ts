import { virtualTime } from '../../../adapters/local/host/host-time.ts';
import { virtualClock } from '../../../adapters/local/virtual-clock.ts';
import type { OpenHost } from '../hosts.ts';
import { ACCOUNT, functionArn, machineArn, REGION } from './workflow-plays.ts';

type Answer = Readonly<Record<string, unknown>>;
type Call = (operation: string, params: object) => Promise<Answer>;

const wait = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 5_000_000, End: true } } };
const pass = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
const task = (Resource: string, more: object = {}) => ({
  StartAt: 'T',
  States: { T: { Type: 'Task', Resource, End: true, ...more } },
});
const create = (call: Call, definition: object, more: object = {}) =>
  call('CreateStateMachine', {
    name: 'machine',
    definition: JSON.stringify(definition),
    roleArn: `arn:aws:iam::${ACCOUNT}:role/machine`,
    ...more,
  });

/** What a host may have or not, each with the question that shows it. */
const QUESTIONS: Readonly<Record<string, (call: Call) => Promise<unknown>>> = {
  'Standard machines': (call) => create(call, pass),
  'Express machines': (call) => create(call, pass, { type: 'EXPRESS' }),
  'functions by ARN': (call) => create(call, task(functionArn('work'))),
  'functions by lambda:invoke': (call) =>
    create(call, task('arn:aws:states:::lambda:invoke', { Parameters: { FunctionName: 'work' } })),
  'callbacks with a task token': (call) =>
    create(
      call,
      task('arn:aws:states:::lambda:invoke.waitForTaskToken', {
        Parameters: { FunctionName: 'work', Payload: { 'token.$': '$$.Task.Token' } },
      }),
    ),
  'child executions': (call) =>
    create(
      call,
      task('arn:aws:states:::states:startExecution.sync:2', { Parameters: { StateMachineArn: machineArn('machine') } }),
    ),
  'waits of more than 30 days': (call) => create(call, wait),
  'distributed Map': (call) =>
    create(call, {
      StartAt: 'M',
      States: {
        M: {
          Type: 'Map',
          End: true,
          ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...pass },
        },
      },
    }),
  activities: (call) => call('CreateActivity', { name: 'activity' }),
  'execution logs': (call) =>
    create(call, pass, {
      loggingConfiguration: {
        level: 'ALL',
        destinations: [
          { cloudWatchLogsLogGroup: { logGroupArn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:machines:*` } },
        ],
      },
    }),
  'versions and aliases': async (call) => {
    await create(call, pass);
    return call('PublishStateMachineVersion', { stateMachineArn: machineArn('machine') });
  },
  TestState: (call) =>
    call('TestState', {
      definition: JSON.stringify({ Type: 'Pass', End: true }),
      roleArn: `arn:aws:iam::${ACCOUNT}:role/m`,
    }),
  ValidateStateMachineDefinition: (call) =>
    call('ValidateStateMachineDefinition', { definition: JSON.stringify(pass) }),
};

export const FEATURES: readonly string[] = Object.keys(QUESTIONS);

/** Asks a host each question; `yes`, or the words in which it refuses. */
export async function answersOf(open: OpenHost): Promise<Readonly<Record<string, string>>> {
  const answers: Record<string, string> = {};
  for (const [feature, ask] of Object.entries(QUESTIONS)) answers[feature] = await answerOf(open, ask);
  return answers;
}

async function answerOf(open: OpenHost, ask: (call: Call) => Promise<unknown>): Promise<string> {
  const from = Date.UTC(2026, 0, 1);
  const clock = virtualClock(from);
  const time = virtualTime(from, clock);
  const host = await open({
    clock,
    time,
    functions: new Map([[functionArn('work'), async () => ({})]]),
    logs: { has: async () => true, put: async () => {} },
    onProblem: () => {},
  });
  const fetch = host.api({ region: REGION, account: ACCOUNT });
  try {
    await ask(async (operation, params) => {
      const response = await fetch(
        new Request('http://host.test/', {
          method: 'POST',
          headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AWSStepFunctions.${operation}` },
          body: JSON.stringify(params),
        }),
      );
      const answer = (await response.json()) as Answer;
      if (!response.ok) throw new Error(String(answer['message'] ?? answer['__type']));
      return answer;
    });
    return 'yes';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } finally {
    time.close();
    await host.close();
  }
}
