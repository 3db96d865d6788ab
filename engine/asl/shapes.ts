import type { QueryLanguage, State } from './machine.ts';

/** What an object of a definition may and must hold. */
export interface Shape {
  readonly fields: Readonly<Record<string, QueryLanguage | 'any'>>;
  readonly required?: readonly string[];
  /** Of each group, one at most. */
  readonly onlyOne?: readonly (readonly string[])[];
  /** Of each group, one and no more. */
  readonly exactlyOne?: readonly (readonly string[])[];
}

export type StateType = State['type'];

const common = { Type: 'any', Comment: 'any', QueryLanguage: 'any' } as const;
const transition = { Next: 'any', End: 'any' } as const;
const paths = { InputPath: 'JSONPath', OutputPath: 'JSONPath', Output: 'JSONata' } as const;
const variables = { Assign: 'any' } as const;
const result = { ResultSelector: 'JSONPath', ResultPath: 'JSONPath' } as const;
const recovery = { Retry: 'any', Catch: 'any' } as const;
const working = { ...common, ...transition, ...paths, ...variables, ...result, ...recovery } as const;

/** Which fields each state type has, and in which query language. (ASL spec, "State Types"; AWS refuses all others) */
export const stateShapes: Readonly<Record<StateType, Shape>> = {
  Task: {
    fields: {
      ...working,
      Resource: 'any',
      Parameters: 'JSONPath',
      Arguments: 'JSONata',
      TimeoutSeconds: 'any',
      TimeoutSecondsPath: 'JSONPath',
      HeartbeatSeconds: 'any',
      HeartbeatSecondsPath: 'JSONPath',
      Credentials: 'any',
    },
    required: ['Resource'],
    onlyOne: [
      ['TimeoutSeconds', 'TimeoutSecondsPath'],
      ['HeartbeatSeconds', 'HeartbeatSecondsPath'],
    ],
  },
  Wait: {
    fields: {
      ...common,
      ...transition,
      ...paths,
      ...variables,
      Seconds: 'any',
      SecondsPath: 'JSONPath',
      Timestamp: 'any',
      TimestampPath: 'JSONPath',
    },
    exactlyOne: [['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath']],
  },
  Pass: {
    fields: {
      ...common,
      ...transition,
      ...paths,
      ...variables,
      Result: 'JSONPath',
      ResultPath: 'JSONPath',
      Parameters: 'JSONPath',
    },
  },
  Succeed: { fields: { ...common, ...paths } },
  Fail: {
    fields: { ...common, Error: 'any', ErrorPath: 'JSONPath', Cause: 'any', CausePath: 'JSONPath' },
    onlyOne: [
      ['Error', 'ErrorPath'],
      ['Cause', 'CausePath'],
    ],
  },
  Choice: { fields: { ...common, ...paths, ...variables, Choices: 'any', Default: 'any' }, required: ['Choices'] },
  Parallel: {
    fields: { ...working, Branches: 'any', Parameters: 'JSONPath', Arguments: 'JSONata' },
    required: ['Branches'],
  },
  Map: {
    fields: {
      ...working,
      ItemProcessor: 'any',
      Iterator: 'any',
      Items: 'JSONata',
      ItemsPath: 'JSONPath',
      ItemSelector: 'any',
      Parameters: 'JSONPath',
      MaxConcurrency: 'any',
      MaxConcurrencyPath: 'JSONPath',
      ToleratedFailureCount: 'any',
      ToleratedFailureCountPath: 'JSONPath',
      ToleratedFailurePercentage: 'any',
      ToleratedFailurePercentagePath: 'JSONPath',
      Label: 'any',
      ItemReader: 'any',
      ItemBatcher: 'any',
      ResultWriter: 'any',
    },
    onlyOne: [
      ['ItemSelector', 'Parameters'],
      ['MaxConcurrency', 'MaxConcurrencyPath'],
      ['ToleratedFailureCount', 'ToleratedFailureCountPath'],
      ['ToleratedFailurePercentage', 'ToleratedFailurePercentagePath'],
    ],
    exactlyOne: [['ItemProcessor', 'Iterator']],
  },
};

const scope = { StartAt: 'any', States: 'any', Comment: 'any' } as const;

export const machineShape: Shape = {
  fields: { ...scope, Version: 'any', QueryLanguage: 'any', TimeoutSeconds: 'any' },
  required: ['States', 'StartAt'],
};

export const branchShape: Shape = { fields: scope, required: ['States', 'StartAt'] };

/** A Map's `ItemProcessor`, or its deprecated name `Iterator`. */
export const processorShape: Shape = { fields: { ...scope, ProcessorConfig: 'any' }, required: ['States', 'StartAt'] };

export const processorConfigShape: Shape = { fields: { Mode: 'any', ExecutionType: 'any' } };

export const itemReaderShape: Shape = {
  fields: { Resource: 'any', Parameters: 'JSONPath', Arguments: 'JSONata', ReaderConfig: 'any' },
  required: ['Resource'],
};

export const readerConfigShape: Shape = {
  fields: {
    InputType: 'any',
    CSVHeaderLocation: 'any',
    CSVHeaders: 'any',
    CSVDelimiter: 'any',
    ItemsPointer: 'any',
    ManifestType: 'any',
    Transformation: 'any',
    MaxItems: 'any',
    MaxItemsPath: 'JSONPath',
  },
  onlyOne: [['MaxItems', 'MaxItemsPath']],
};

export const itemBatcherShape: Shape = {
  fields: {
    BatchInput: 'any',
    MaxItemsPerBatch: 'any',
    MaxItemsPerBatchPath: 'JSONPath',
    MaxInputBytesPerBatch: 'any',
    MaxInputBytesPerBatchPath: 'JSONPath',
  },
  onlyOne: [
    ['MaxItemsPerBatch', 'MaxItemsPerBatchPath'],
    ['MaxInputBytesPerBatch', 'MaxInputBytesPerBatchPath'],
  ],
};

export const resultWriterShape: Shape = {
  fields: { Resource: 'any', Parameters: 'JSONPath', Arguments: 'JSONata', WriterConfig: 'any' },
};

export const writerConfigShape: Shape = { fields: { Transformation: 'any', OutputType: 'any' } };

export const retrierShape: Shape = {
  fields: {
    Comment: 'any',
    ErrorEquals: 'any',
    IntervalSeconds: 'any',
    MaxAttempts: 'any',
    BackoffRate: 'any',
    MaxDelaySeconds: 'any',
    JitterStrategy: 'any',
  },
  required: ['ErrorEquals'],
};

export const catcherShape: Shape = {
  fields: { Comment: 'any', ErrorEquals: 'any', Next: 'any', ResultPath: 'JSONPath', Output: 'JSONata', Assign: 'any' },
  required: ['ErrorEquals', 'Next'],
};
