import { createRequire } from 'node:module';
import type { DurableModel } from './durable-model.ts';

/** Where the durable client believes that the extension listens. Nothing does: its calls are answered in this process. */
const RPC_BASE = 'http://durable.invalid/runtime/webhooks/durabletask/';

interface AxiosRequest {
  readonly method?: string;
  readonly url?: string;
  readonly data?: unknown;
}

interface Axios {
  readonly defaults: { adapter: unknown };
}

/** What an invocation's durable client binding carries. */
export const clientData = {
  taskHubName: 'hub',
  creationUrls: { createNewInstancePostUri: `${RPC_BASE}orchestrators/{functionName}[/{instanceId}]?code=none` },
  managementUrls: {
    id: 'INSTANCEID',
    statusQueryGetUri: `${RPC_BASE}instances/INSTANCEID?code=none`,
    sendEventPostUri: `${RPC_BASE}instances/INSTANCEID/raiseEvent/{eventName}?code=none`,
  },
  baseUrl: RPC_BASE,
  requiredQueryStringParameters: 'code=none',
  rpcBaseUrl: RPC_BASE,
};

/**
 * Answers the HTTP calls of the real durable client, as the extension's HTTP API does, through the adapter that its HTTP
 * library offers. `model` is asked at each call, so several hosts of a process can take turns.
 */
export function answerClientCalls(model: () => DurableModel, called: () => void): void {
  process.env['WEBSITE_HOSTNAME'] ??= 'durable.invalid'; // otherwise the client rewrites its addresses to localhost
  const require = createRequire(createRequire(import.meta.url).resolve('durable-functions'));
  const axios: Axios = require('axios');
  axios.defaults.adapter = async (request: AxiosRequest) => {
    called();
    const { status, data } = answer(model(), request);
    return { status, data, statusText: '', headers: {}, config: request, request: {} };
  };
}

function answer(
  model: DurableModel,
  { method = 'get', url = '', data }: AxiosRequest,
): { status: number; data?: unknown } {
  const { pathname, searchParams } = new URL(url);
  const [kind, first = '', second, third = ''] = pathname.split('/runtime/webhooks/durabletask/')[1]?.split('/') ?? [];
  const body = typeof data === 'string' && data !== '' ? data : 'null';
  switch (`${method.toLowerCase()} ${kind}${second === 'raiseEvent' ? ' raiseEvent' : ''}`) {
    case 'post orchestrators': {
      const id = model.start(first, body, second ?? crypto.randomUUID());
      return id === undefined ? { status: 409, data: 'the instance is under way' } : { status: 202, data: { id } };
    }
    case 'get instances': {
      const instance = model.instances.get(first);
      if (instance === undefined) return { status: 404 };
      const { name, id: instanceId, status: runtimeStatus, input, output = null } = instance;
      const instant = new Date(0).toISOString();
      return {
        status: runtimeStatus === 'Completed' ? 200 : 202,
        data: { name, instanceId, runtimeStatus, input, output, createdTime: instant, lastUpdatedTime: instant },
      };
    }
    case 'post instances raiseEvent':
      return { status: { accepted: 202, over: 410, unknown: 404 }[model.raise(first, third, body)] };
    case 'delete instances':
      return {
        status: 200,
        data: { instancesDeleted: model.purge(Date.parse(searchParams.get('createdTimeTo') ?? '')) },
      };
    default:
      throw new Error(`the model has no ${method} ${url}`);
  }
}
