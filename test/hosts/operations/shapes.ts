/** What is run: a chain of states of one kind, or a Map of some width, each iteration a Task. */
export interface Shape {
  readonly name: string;
  /** States of a chain, or iterations of a Map. */
  readonly sizes: readonly number[];
  definition(size: number): object;
}

export const WORK = 'arn:aws:lambda:us-east-1:000000000000:function:work';

const task = { Type: 'Task', Resource: WORK };
const chain =
  (state: object) =>
  (length: number): object => ({
    StartAt: 'S1',
    States: Object.fromEntries(
      Array.from({ length }, (_, i) => [
        `S${i + 1}`,
        { ...state, ...(i + 1 < length ? { Next: `S${i + 2}` } : { End: true }) },
      ]),
    ),
  });
const map =
  (config: object) =>
  (width: number): object => ({
    QueryLanguage: 'JSONata',
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Items: `{% [1..${width}] %}`,
        ItemProcessor: { ...config, StartAt: 'Work', States: { Work: { ...task, End: true } } },
        Output: 'done',
        End: true,
      },
    },
  });

export const shapes: readonly Shape[] = [
  { name: 'Pass', sizes: [10, 20], definition: chain({ Type: 'Pass' }) },
  { name: 'Task', sizes: [10, 20], definition: chain(task) },
  { name: 'Task with a timeout', sizes: [10, 20], definition: chain({ ...task, TimeoutSeconds: 60 }) },
  { name: 'Wait', sizes: [10, 20], definition: chain({ Type: 'Wait', Seconds: 60 }) },
  { name: 'inline Map', sizes: [10, 40, 160], definition: map({}) },
  {
    name: 'distributed Map',
    sizes: [10, 40, 160],
    definition: map({ ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } }),
  },
];
