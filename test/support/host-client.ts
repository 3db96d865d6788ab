import type { ServiceStatus } from '../../adapters/local/host/service-status.ts';
import { eventually } from './eventually.ts';
import { type ShopBehaviour, shopRelease } from './shop-release.ts';

/** An execution, as far as tests read it. */
interface ExecutionSeen {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  readonly error?: string;
  readonly cause?: string;
  /** JSON text, as is `output`. */
  readonly input: string;
  readonly output?: string;
}

/** What a push of an image gives. */
export interface Pushed {
  readonly digest: string;
  readonly executionArn: string;
  /** False when that execution was there already. */
  readonly started: boolean;
}

/** Status, and the body read as JSON. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What tests ask of a host over HTTP. */
export interface HostClient {
  /** A POST; a body that is no text is sent as JSON. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** An operation of the Step Functions API. */
  wire(operation: string, input: object): Promise<Answer>;
  service(name: string): Promise<ServiceStatus>;
  execution(arn: string): Promise<ExecutionSeen>;
  /** ARNs of the executions of a machine, newest first. */
  executions(machine: 'deploy' | 'canary'): Promise<readonly string[]>;
  /** Pushes a folder as `service:tag`. */
  pushFolder(folder: string, image: string): Promise<Pushed>;
  /** Makes a release of the example shop, and pushes it. */
  push(image: string, behaviour?: ShopBehaviour): Promise<Pushed>;
  /** An execution, as soon as it does not run any more. */
  ended(arn: string): Promise<ExecutionSeen>;
  /** Pushes a release and waits for its deployment. @throws Error when that does not succeed */
  release(image: string, behaviour?: ShopBehaviour): Promise<Pushed>;
}

const machineArn = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;

/** A client of the host at `url`; the releases it pushes are made in `folder`. */
export function hostClient(url: string, folder: string): HostClient {
  const post: HostClient['post'] = async (path, body, headers = { 'content-type': 'application/json' }) =>
    answerOf(
      await fetch(`${url}${path}`, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  const wire: HostClient['wire'] = (operation, input) =>
    post('/', input, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AWSStepFunctions.${operation}`,
    });
  const execution: HostClient['execution'] = async (executionArn) =>
    (await wire('DescribeExecution', { executionArn })).body as ExecutionSeen;
  const ended: HostClient['ended'] = (arn) =>
    eventually(
      () => execution(arn),
      ({ status }) => status !== 'RUNNING',
      25_000,
      100,
    );
  const pushFolder: HostClient['pushFolder'] = async (release, image) => {
    const { status, body } = await post('/pointsman/v1/images', { folder: release, image });
    if (status !== 200) throw new Error(`pushing ${image} was answered with ${status}: ${JSON.stringify(body)}`);
    return body as Pushed;
  };
  const push: HostClient['push'] = async (image, behaviour) =>
    pushFolder(await shopRelease(folder, image, behaviour), image);

  return {
    post,
    wire,
    async service(name) {
      const answer = await answerOf(await fetch(`${url}/pointsman/v1/services/${name}`));
      if (answer.status !== 200) throw new Error(`${name}: ${JSON.stringify(answer)}`);
      return answer.body as ServiceStatus;
    },
    execution,
    async executions(machine) {
      const { body } = await wire('ListExecutions', { stateMachineArn: machineArn(machine) });
      const { executions } = body as { executions: { executionArn: string }[] };
      return executions.map(({ executionArn }) => executionArn);
    },
    pushFolder,
    push,
    ended,
    async release(image, behaviour) {
      const pushed = await push(image, behaviour);
      const { status, cause } = await ended(pushed.executionArn);
      if (status !== 'SUCCEEDED') throw new Error(`the deployment of ${image} ended ${status}: ${cause}`);
      return pushed;
    },
  };
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  try {
    return { status: response.status, body: JSON.parse(text) };
  } catch {
    return { status: response.status, body: text };
  }
}
