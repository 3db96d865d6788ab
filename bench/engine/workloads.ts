/** A machine whose every step is a function that adds 1 to `count`. */
export interface Workload {
  readonly name: string;
  readonly steps: number;
  readonly definition: object;
  readonly input: object;
}

const add = 'arn:aws:lambda:us-east-1:000000000000:function:add';

const chain = (fields: object) => ({
  StartAt: 'S1',
  States: Object.fromEntries(
    [1, 2, 3, 4, 5].map((at) => [
      `S${at}`,
      { Type: 'Task', Resource: add, ...fields, ...(at < 5 ? { Next: `S${at + 1}` } : { End: true }) },
    ]),
  ),
});

const each = { StartAt: 'Each', States: { Each: { Type: 'Task', Resource: add, End: true } } };

export const workloads: readonly Workload[] = [
  { name: 'chain of 5', steps: 5, definition: chain({}), input: { count: 0 } },
  {
    name: 'chain of 5, JSONPath',
    steps: 5,
    definition: chain({
      InputPath: '$',
      Parameters: { 'count.$': '$.count', 'message.$': "States.Format('n={}', $.count)" },
      ResultSelector: { 'count.$': '$.count' },
      ResultPath: '$.result',
      OutputPath: '$.result',
    }),
    input: { count: 0 },
  },
  {
    name: 'chain of 5, JSONata',
    steps: 5,
    definition: {
      QueryLanguage: 'JSONata',
      ...chain({
        Arguments: { count: '{% $states.input.count %}', message: "{% 'n=' & $states.input.count %}" },
        Output: { count: '{% $states.result.count %}' },
      }),
    },
    input: { count: 0 },
  },
  {
    name: 'map of 100',
    steps: 100,
    definition: {
      StartAt: 'M',
      States: { M: { Type: 'Map', ItemsPath: '$.items', MaxConcurrency: 100, ItemProcessor: each, End: true } },
    },
    input: { items: Array.from({ length: 100 }, (_, count) => ({ count })) },
  },
];
