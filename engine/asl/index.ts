export type {
  Catcher,
  ChoiceRule,
  ChoiceState,
  Condition,
  CsvDelimiter,
  Diagnostic,
  DistributedMap,
  Dynamic,
  FailState,
  Flow,
  ItemBatcher,
  ItemReader,
  JsonataFlow,
  JsonPathFlow,
  Machine,
  MapState,
  ParallelState,
  PassState,
  QueryLanguage,
  ReaderConfig,
  Reading,
  Resource,
  ResultWriter,
  Retrier,
  State,
  States,
  SucceedState,
  TaskState,
  WaitState,
} from './machine.ts';
export { readMachine, type ReadOptions } from './read-machine.ts';
export { jsonSyntaxError, type JsonSyntaxError } from '../data/json-syntax.ts';
export { processorOf } from './processor-of.ts';
export { parseTimestamp } from './timestamp.ts';
export { readDefinitionText, type DefinitionText, type Locate, type Position } from './definition-text.ts';
export { substitute, type Substitution } from './substitute.ts';
export { machineGraph, type GraphEdge, type GraphGroup, type GraphNode, type MachineGraph } from './machine-graph.ts';
export { toMermaid } from './machine-mermaid.ts';
