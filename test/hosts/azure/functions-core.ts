import Module from 'node:module';

/** A binding as `@azure/functions` registers it. */
export interface Binding {
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly [setting: string]: unknown;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
}

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: unknown;
}

export type Registry = Map<string, RegisteredFunction>;

/** Data on its way between host and worker, as the worker's protocol has it. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly int?: number;
  readonly double?: number;
  readonly bytes?: Uint8Array;
  readonly http?: object;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: unknown): Promise<unknown>;
  getResponse(
    context: unknown,
    result: unknown,
  ): Promise<{
    returnValue?: TypedData | null;
    outputData?: readonly { readonly name: string; readonly data: TypedData }[];
  }>;
}

interface ProgrammingModel {
  getInvocationModel(request: object): InvocationModel;
}

/** The worker's side of the packages: what `require('@azure/functions-core')` gives them in a real Functions host. */
export interface FunctionsCore {
  /** Registers into a registry of its own what `register` registers. */
  register(register: () => void): Registry;
  /** Invokes a function through the real package. Gives what it returns or sends back. */
  invoke(
    fn: RegisteredFunction,
    inputs: Readonly<Record<string, TypedData>>,
    log: LogSink,
  ): Promise<TypedData | undefined>;
}

export type LogSink = (level: string, message: string) => void;

const INSTALLED = Symbol.for('pointsman.test.azure-functions-core');

/**
 * Installs the worker's module, once for a process: the packages remember the first they find. It has to come before they
 * are loaded, so whoever calls this imports what uses them afterwards, with `import()`.
 */
export function installFunctionsCore(): FunctionsCore {
  const place = globalThis as { [INSTALLED]?: FunctionsCore };
  return (place[INSTALLED] ??= install());
}

function install(): FunctionsCore {
  let registry: Registry | undefined;
  let model: ProgrammingModel | undefined;
  let invocations = 0;
  const disposable = { dispose() {} };
  const core = {
    version: '1.0.0',
    hostVersion: '4.1045.0',
    workerVersion: '3.13.0',
    Disposable: class {
      dispose() {}
    },
    registerFunction(metadata: FunctionMetadata, callback: unknown) {
      if (registry === undefined) throw new Error(`${metadata.name} is registered when no app is starting`);
      registry.set(metadata.name, { metadata, callback });
      return disposable;
    },
    setProgrammingModel: (given: ProgrammingModel) => void (model = given),
    getProgrammingModel: () => model,
    registerHook: () => disposable,
    log() {},
  };
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const load = loader._load;
  loader._load = (request, ...rest) =>
    request === '@azure/functions-core' ? core : Reflect.apply(load, loader, [request, ...rest]);

  return {
    register(register) {
      registry = new Map();
      try {
        register();
        return registry;
      } finally {
        registry = undefined;
      }
    },
    async invoke({ metadata, callback }, inputs, log) {
      if (model === undefined) throw new Error('no programming model: @azure/functions was loaded before its core');
      const invocation = model.getInvocationModel({
        invocationId: `invocation-${++invocations}`,
        metadata,
        request: { inputData: Object.entries(inputs).map(([name, data]) => ({ name, data })), triggerMetadata: {} },
        log: (level: string, _category: string, message: string) => log(level, message),
        state: undefined,
      });
      const { context, inputs: given } = await invocation.getArguments();
      const result = await invocation.invokeFunction(context, given, callback);
      const { returnValue, outputData } = await invocation.getResponse(context, result);
      return returnValue ?? outputData?.[0]?.data ?? undefined;
    },
  };
}

/** The value in typed data, as the host reads it. */
export function valueOf(data: TypedData | undefined): unknown {
  if (data?.json !== undefined) return JSON.parse(data.json);
  return data?.string ?? data?.int ?? data?.double ?? data?.bytes;
}
