import { cloudEvent, http } from '@google-cloud/functions-framework';
import { fetchFunction } from './fetch-function.ts';
import { readRegistryPush, type RegistryPush } from './read-push.ts';

/** What the functions do. */
export interface GcpWork {
  /** The Step Functions wire API, and `/webhooks/registry`. */
  readonly api: (request: Request) => Promise<Response>;
  /** For Cloud Tasks. */
  readonly perform: (request: Request) => Promise<Response>;
  readonly pushed: (push: RegistryPush) => Promise<void>;
  readonly everyMinute: () => Promise<void>;
}

/** Entry points; `deploy.sh` names them, so they are contract. */
export const FUNCTIONS = {
  api: 'pointsmanApi',
  perform: 'pointsmanPerform',
  pushed: 'pointsmanPushed',
  everyMinute: 'pointsmanEveryMinute',
} as const;

/** Registers every function; each opens the host when it is first called. One that cannot be opened is tried again by the next call. */
export function registerFunctions(open: () => Promise<GcpWork>): void {
  let opening: Promise<GcpWork> | undefined;
  const work = (): Promise<GcpWork> =>
    (opening ??= open().catch((thrown: unknown) => {
      opening = undefined;
      throw thrown;
    }));
  http(
    FUNCTIONS.api,
    fetchFunction(async (request) => (await work()).api(request)),
  );
  http(
    FUNCTIONS.perform,
    fetchFunction(async (request) => (await work()).perform(request)),
  );
  cloudEvent(FUNCTIONS.pushed, async ({ data }: { readonly data?: unknown }) => {
    const push = readRegistryPush(data);
    if (push !== undefined) await (await work()).pushed(push);
  });
  cloudEvent(FUNCTIONS.everyMinute, async () => (await work()).everyMinute());
}
