import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { EffectNotice } from '../../../engine/runner/ports.ts';
import { EFFECT_ORCHESTRATION, effectOrchestration, PERFORM_ACTIVITY } from '../durable/effect-orchestration.ts';
import type { OrchestrationClient } from '../durable/effect-queue.ts';

/** What the functions of the app do. Each call is given the client of its invocation first. */
export interface AppWork {
  readonly perform: (notice: EffectNotice) => Promise<unknown>;
  /** The Step Functions wire API. */
  readonly api: (request: Request) => Promise<Response>;
  /** Push events of a registry in the CNCF distribution's format. */
  readonly webhook: (request: Request) => Promise<Response>;
  /** `Microsoft.ContainerRegistry.ImagePushed` */
  readonly imagePushed: (event: {
    readonly id: string;
    readonly eventType: string;
    readonly data?: unknown;
  }) => Promise<void>;
  readonly everyMinute: () => Promise<void>;
  /** `purge` removes the orchestrations that are over and were started before. */
  readonly everyHour: (purge: (startedBefore: Date) => Promise<unknown>) => Promise<void>;
}

interface RegisterOptions {
  readonly work: () => Promise<AppWork>;
  /** Told the client of each invocation: what sends effects uses the newest. */
  readonly use: (client: OrchestrationClient) => void;
  /** Whether requests to the API are signed. If not, the platform asks for a function key. */
  readonly isSigned: boolean;
}

/**
 * Registers every function of the app. The names are contract: they are in URLs, in Event Grid's subscriptions and in
 * orchestrations that run while the app is updated.
 */
export function registerFunctions({ work, use, isSigned }: RegisterOptions): void {
  const client = df.input.durableClient();
  const extraInputs = [client];
  const given = async (context: InvocationContext): Promise<AppWork> => {
    use(df.getClient(context));
    return work();
  };

  df.app.orchestration(EFFECT_ORCHESTRATION, effectOrchestration);
  df.app.activity(PERFORM_ACTIVITY, {
    extraInputs,
    handler: async (notice: EffectNotice, context) => (await given(context)).perform(notice),
  });
  app.http('pm_api', {
    route: '{*path}', // clients post to `/`, or to whatever path their endpoint has
    methods: ['POST'],
    authLevel: isSigned ? 'anonymous' : 'function',
    extraInputs,
    handler: async (request, context) => answered(await (await given(context)).api(await asRequest(request))),
  });
  app.http('pm_registry_webhook', {
    route: 'webhooks/registry',
    methods: ['POST'],
    authLevel: 'function',
    extraInputs,
    handler: async (request, context) => answered(await (await given(context)).webhook(await asRequest(request))),
  });
  app.eventGrid('pm_image_pushed', {
    extraInputs,
    handler: async (event, context) => (await given(context)).imagePushed(event),
  });
  app.timer('pm_every_minute', {
    schedule: '0 * * * * *',
    extraInputs,
    handler: async (_, context) => (await given(context)).everyMinute(),
  });
  app.timer('pm_every_hour', {
    schedule: '0 30 * * * *',
    extraInputs,
    async handler(_, context) {
      const { Completed, Failed, Terminated } = df.OrchestrationRuntimeStatus;
      const runtimeStatus = [Completed, Failed, Terminated];
      await (await given(context)).everyHour((createdTimeTo) =>
        df.getClient(context).purgeInstanceHistoryBy({ createdTimeTo, runtimeStatus }),
      );
    },
  });
}

async function asRequest(request: HttpRequest): Promise<Request> {
  const { method, url, headers } = request;
  return new Request(url, { method, headers: [...headers.entries()], body: await request.arrayBuffer() });
}

async function answered(response: Response): Promise<HttpResponseInit> {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.arrayBuffer(),
  };
}
