import type { Path, ReferencePath, Template } from '../data/evaluation.ts';
import type { Json } from '../data/json.ts';

export type QueryLanguage = 'JSONPath' | 'JSONata';

/** A definition that was read without an error, with every expression in it compiled. Frozen; safe to share. */
export interface Machine extends States {
  readonly queryLanguage: QueryLanguage;
  /** Undefined means no limit. */
  readonly timeoutSeconds: number | undefined;
}

/** One scope of states: the machine's own, a Parallel branch, or a Map's item processor. */
export interface States {
  readonly startAt: string;
  readonly states: Readonly<Record<string, State>>;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

interface Named {
  readonly name: string;
  readonly flow: Flow;
}

/** Name of the next state; null where the state ends its scope (`"End": true`). */
type Next = string | null;

/** How data enters and leaves a state. The two query languages have different fields for it, so they are two shapes. */
export type Flow = JsonPathFlow | JsonataFlow;

export interface JsonPathFlow {
  readonly language: 'JSONPath';
  /** null: `"InputPath": null`, the effective input is `{}`. Absent in the definition reads as `$`. */
  readonly inputPath: Path | null;
  /** `Parameters` of Task, Pass, Parallel; undefined elsewhere. (Map's are its `itemSelector`.) */
  readonly parameters: Template | undefined;
  readonly resultSelector: Template | undefined;
  /** null: the result is dropped. Absent reads as `$`. */
  readonly resultPath: ReferencePath | null;
  readonly outputPath: Path | null;
  readonly assign: Template | undefined;
}

export interface JsonataFlow {
  readonly language: 'JSONata';
  readonly arguments: Template | undefined;
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
}

export interface PassState extends Named {
  readonly type: 'Pass';
  /** `Result`, JSONPath only. */
  readonly result: Json | undefined;
  readonly next: Next;
}

export interface TaskState extends Named {
  readonly type: 'Task';
  readonly resource: Resource;
  readonly timeoutSeconds: Dynamic | undefined;
  readonly heartbeatSeconds: Dynamic | undefined;
  /** `Credentials`, evaluated and given to the dispatcher; it never chooses for it. */
  readonly credentials: Template | undefined;
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
  readonly next: Next;
}

export interface ChoiceState extends Named {
  readonly type: 'Choice';
  readonly choices: readonly ChoiceRule[];
  readonly default: string | undefined;
}

export interface WaitState extends Named {
  readonly type: 'Wait';
  /** `Seconds`/`SecondsPath` or `Timestamp`/`TimestampPath`. */
  readonly until: { readonly kind: 'seconds' | 'timestamp'; readonly value: Dynamic };
  readonly next: Next;
}

export interface SucceedState extends Named {
  readonly type: 'Succeed';
}

export interface FailState extends Named {
  readonly type: 'Fail';
  readonly error: Dynamic | undefined;
  readonly cause: Dynamic | undefined;
}

export interface ParallelState extends Named {
  readonly type: 'Parallel';
  readonly branches: readonly States[];
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
  readonly next: Next;
}

export interface MapState extends Named {
  readonly type: 'Map';
  readonly processor: States;
  /** `ItemsPath` (JSONPath; absent reads as `$`) or `Items` (JSONata; undefined means the state's input). */
  readonly items: Dynamic | undefined;
  /** `ItemSelector`, or the deprecated `Parameters` of a Map. */
  readonly itemSelector: Template | undefined;
  readonly maxConcurrency: Dynamic | undefined;
  readonly toleratedFailureCount: Dynamic | undefined;
  readonly toleratedFailurePercentage: Dynamic | undefined;
  /** Undefined for an inline Map, whose iterations are part of the execution. */
  readonly distributed: DistributedMap | undefined;
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
  readonly next: Next;
}

/** What a Map in DISTRIBUTED mode has besides: each of its iterations is an execution of its own. */
export interface DistributedMap {
  /** `Label`, or one made of its place in the definition. Names the Map in the ARNs of its runs and of their executions. */
  readonly label: string;
  readonly executionType: 'STANDARD' | 'EXPRESS';
  readonly reader: ItemReader | undefined;
  readonly batcher: ItemBatcher | undefined;
  readonly writer: ResultWriter | undefined;
}

/** `ItemReader`: where the items come from when the state's input does not have them. */
export interface ItemReader {
  readonly action: 'getObject' | 'listObjectsV2';
  /** `Parameters` or `Arguments`: bucket, key, prefix. */
  readonly parameters: Template | undefined;
  readonly maxItems: Dynamic | undefined;
  readonly config: ReaderConfig;
}

/** The constants of a `ReaderConfig`: plain data, so that it can wait in an outbox. */
export interface ReaderConfig {
  /** What the items are written in. Undefined for a listing whose entries are the items, and for an inventory. */
  readonly inputType: 'CSV' | 'JSON' | 'JSONL' | 'PARQUET' | undefined;
  /** The object read is a list of the objects that hold the items. */
  readonly manifest: 'ATHENA_DATA' | 'S3_INVENTORY' | undefined;
  readonly csvHeaderLocation: 'FIRST_ROW' | 'GIVEN' | undefined;
  readonly csvHeaders: readonly string[];
  readonly csvDelimiter: CsvDelimiter;
  /** JSON Pointer (RFC 6901) to the items inside a JSON object; undefined for the whole object. */
  readonly itemsPointer: string | undefined;
  /** `LOAD_AND_FLATTEN`: the items are those in every object of a listing. */
  readonly flatten: boolean;
}

export type CsvDelimiter = 'COMMA' | 'PIPE' | 'SEMICOLON' | 'SPACE' | 'TAB';

/** `ItemBatcher`: several items to an execution. */
export interface ItemBatcher {
  readonly maxItems: Dynamic | undefined;
  /** UTF-8 bytes of the batch as JSON. */
  readonly maxBytes: Dynamic | undefined;
  readonly input: Template | undefined;
}

/** `ResultWriter`: how the results look, and where they are written instead of being the state's result. */
export interface ResultWriter {
  /** `Parameters` or `Arguments`: bucket and prefix. Undefined where the results stay the state's result. */
  readonly parameters: Template | undefined;
  readonly transformation: 'NONE' | 'COMPACT' | 'FLATTEN';
  readonly outputType: 'JSON' | 'JSONL';
}

/** A field that may be written out, named by a path (`…Path`), or computed by JSONata (`source`: the text between `{%` and `%}`). */
export type Dynamic =
  | { readonly kind: 'constant'; readonly value: Json }
  | { readonly kind: 'path'; readonly field: string; readonly path: Path }
  | { readonly kind: 'template'; readonly field: string; readonly source: string; readonly template: Template };

/** What a Task calls, read from its `Resource` ARN. */
export type Resource =
  | { readonly kind: 'function'; readonly arn: string }
  | { readonly kind: 'activity'; readonly arn: string }
  | {
      readonly kind: 'service';
      readonly arn: string;
      /** `lambda`, `states`, `sqs`, `aws-sdk:rds` … as in `resourceType` of the history. */
      readonly service: string;
      /** `invoke`, `startExecution` … without the pattern. */
      readonly action: string;
      readonly pattern: 'request' | 'sync' | 'sync:2' | 'waitForTaskToken';
    };

export interface ChoiceRule {
  readonly condition: Condition;
  readonly next: string;
  /** JSONata: replaces the state's own. */
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
}

export type Condition =
  /** `text` is the expression without its `{% %}`, for people to read. */
  | { readonly kind: 'jsonata'; readonly field: string; readonly text: string; readonly template: Template }
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | {
      readonly kind: 'compare';
      readonly variable: Path;
      /** The spec's spelling without `Path`: `NumericGreaterThanEquals`, `IsPresent` … */
      readonly operator: string;
      readonly operand:
        | { readonly kind: 'constant'; readonly value: Json }
        | { readonly kind: 'path'; readonly path: Path };
    };

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number | undefined;
  readonly jitter: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  /** JSONPath; null drops the error output, absent reads as `$`. */
  readonly resultPath: ReferencePath | null;
  /** JSONata. */
  readonly output: Template | undefined;
  readonly assign: Template | undefined;
}

/** One problem of a definition, as `ValidateStateMachineDefinition` reports it. */
export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING';
  readonly code: string;
  readonly message: string;
  /** As AWS writes it: `/States/Verify/Catch[0]/Next`; null where AWS gives none. Names are not escaped. */
  readonly location: string | null;
}

export type Reading =
  | { readonly ok: true; readonly machine: Machine; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
