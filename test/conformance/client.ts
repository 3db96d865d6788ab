import * as sdk from '@aws-sdk/client-sfn';
import { isObject } from '../../engine/data/json.ts';
import type { Answer } from './symbols.ts';

/** Calls of Step Functions through the SDK for JavaScript, by operation name. */
export interface Client {
  /** A refusal is an answer; what is no answer of a host (a broken connection, an answer that is not AWS's) throws. */
  call(operation: string, params: unknown, signal?: AbortSignal): Promise<Answer>;
  close(): void;
}

export function createClient(endpoint: string, region: string): Client {
  const client = new sdk.SFNClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'conformance', secretAccessKey: 'conformance' },
    disableHostPrefix: true,
    maxAttempts: 1,
  });
  return {
    async call(operation, params, signal) {
      const command = commandOf(operation, params);
      if (command === undefined) return { kind: 'refused', operation, ...unknownOperation(operation) };
      try {
        const { $metadata, ...members } = await client.send(command, { ...(signal && { abortSignal: signal }) });
        const status = $metadata.httpStatusCode ?? 0;
        return { kind: 'value', value: { ...members, ResponseMetadata: { HTTPHeaders: {}, HTTPStatusCode: status } } };
      } catch (thrown) {
        if (!(thrown instanceof sdk.SFNServiceException)) throw thrown;
        const { name: code, message, $metadata } = thrown;
        return { kind: 'refused', operation, code, message, status: $metadata.httpStatusCode ?? 0 };
      }
    },
    close: () => client.destroy(),
  };
}

type AnyCommand = InstanceType<typeof sdk.DescribeExecutionCommand>;

function commandOf(operation: string, params: unknown): AnyCommand | undefined {
  const Command = (sdk as unknown as Record<string, unknown>)[`${operation}Command`];
  if (typeof Command !== 'function') return undefined;
  return Reflect.construct(Command, [isObject(params) ? params : {}]) as AnyCommand;
}

const unknownOperation = (operation: string) => ({
  code: 'UnknownOperation',
  message: `the SDK has no operation ${operation}`,
  status: 0,
});
