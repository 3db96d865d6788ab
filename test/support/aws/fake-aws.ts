import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { textIn } from '../../../adapters/aws/aws-json.ts';
import type { JsonObject } from '../../../engine/data/json.ts';
import { fakeDynamo } from './fake-dynamo.ts';

/** What a fake service refuses. */
export class Refused extends Error {
  override readonly name: string;
  readonly more: JsonObject;

  constructor(name: string, message: string, more: JsonObject = {}) {
    super(message);
    this.name = name;
    this.more = more;
  }
}

export interface FakeAws {
  readonly url: string;
  /** What a process needs in its environment to find it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Parameters of the Parameter Store by their full names. */
  readonly parameters: Map<string, string>;
  /** Images of ECR, `repository:tag` or `repository@digest`, and their digests. */
  readonly images: Map<string, string>;
  /** Executions that were started, by name. */
  readonly executions: Map<string, JsonObject>;
  /** Every operation that was called, in order: `DynamoDB_20120810.GetItem`. */
  readonly calls: string[];
  /** The next calls get these refusals first: the status, and the name of the error. */
  readonly trouble: { readonly status: number; readonly type: string }[];
  stop(): Promise<void>;
}

type Operation = (input: JsonObject) => JsonObject;

/**
 * A model of the few operations of DynamoDB, SSM, ECR and Step Functions that functions on Lambda call, over HTTP. It refuses
 * what it does not know, and requests without a signature.
 */
export async function startFakeAws(): Promise<FakeAws> {
  const parameters = new Map<string, string>();
  const images = new Map<string, string>();
  const executions = new Map<string, JsonObject>();
  const calls: string[] = [];
  const trouble: { status: number; type: string }[] = [];
  const operations: Readonly<Record<string, Operation>> = {
    ...fakeDynamo(),
    'AmazonSSM.GetParametersByPath': (asked) => {
      if (asked['Recursive'] !== true) throw new Refused('ValidationException', 'this model reads recursively only');
      const found = [...parameters].filter(([name]) => name.startsWith(`${textIn(asked, 'Path')}/`));
      return { Parameters: found.map(([Name, Value]) => ({ Name, Value })) };
    },
    'AmazonSSM.GetParameter': (asked) => {
      const Name = textIn(asked, 'Name');
      const Value = parameters.get(Name);
      if (Value === undefined) throw new Refused('ParameterNotFound', '');
      return { Parameter: { Name, Value } };
    },
    'AmazonEC2ContainerRegistry_V20150921.DescribeImages': (asked) => {
      const repository = textIn(asked, 'repositoryName');
      if (![...images.keys()].some((name) => name.startsWith(`${repository}:`)))
        throw new Refused('RepositoryNotFoundException', `The repository with name '${repository}' does not exist`);
      const [id] = asked['imageIds'] as unknown as readonly {
        readonly imageTag?: string;
        readonly imageDigest?: string;
      }[];
      const digests = new Set(images.values());
      const digest = id?.imageTag !== undefined ? images.get(`${repository}:${id.imageTag}`) : id?.imageDigest;
      if (digest === undefined || !digests.has(digest)) throw new Refused('ImageNotFoundException', 'no such image');
      return { imageDetails: [{ repositoryName: repository, imageDigest: digest }] };
    },
    'AWSStepFunctions.StartExecution': (asked) => {
      const [machine, name, input] = ['stateMachineArn', 'name', 'input'].map((each) => textIn(asked, each)) as [
        string,
        string,
        string,
      ];
      const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
      const before = executions.get(name);
      if (before !== undefined && before['input'] !== input)
        throw new Refused('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
      executions.set(name, { executionArn, input });
      return { executionArn, startDate: 0 };
    },
  };

  const answer = (request: IncomingMessage, body: string): readonly [number, JsonObject] => {
    const target = String(request.headers['x-amz-target']);
    calls.push(target);
    const refusal = trouble.shift();
    if (refusal !== undefined) return [refusal.status, { __type: refusal.type, message: 'in trouble' }];
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=test/'))
      return [400, { __type: 'MissingAuthenticationTokenException', message: 'not signed' }];
    try {
      const operation = operations[target];
      if (operation === undefined) throw new Refused('UnknownOperationException', target);
      return [200, operation(JSON.parse(body))];
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
      return [400, { __type: `com.amazonaws#${thrown.name}`, message: thrown.message, ...thrown.more }];
    }
  };

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => void parts.push(part));
    request.on('end', () => {
      const [status, body] = answer(request, Buffer.concat(parts).toString());
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    parameters,
    images,
    executions,
    calls,
    trouble,
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
