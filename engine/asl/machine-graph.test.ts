import { describe, expect, it } from 'vitest';
import { machineGraph } from './machine-graph.ts';
import { toMermaid } from './machine-mermaid.ts';
import { functionArn, machineOf } from './reading-in-tests.ts';

const machine = machineOf({
  StartAt: 'Check',
  States: {
    Check: {
      Type: 'Choice',
      Choices: [
        {
          And: [{ Variable: '$.share', NumericGreaterThan: 10 }, { Not: { Variable: '$.name', IsPresent: true } }],
          Next: 'Both',
        },
      ],
      Default: 'Done',
    },
    Both: {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'Shift', States: { Shift: { Type: 'Task', Resource: functionArn, End: true } } },
        { StartAt: 'Pause', States: { Pause: { Type: 'Wait', Seconds: 1, End: true } } },
      ],
      Catch: [{ ErrorEquals: ['Pointsman.NotReady', 'States.Timeout'], Next: 'Done' }],
      Next: 'Each',
    },
    Each: {
      Type: 'Map',
      ItemProcessor: { StartAt: 'Say "hi"', States: { 'Say "hi"': { Type: 'Pass', End: true } } },
      End: true,
    },
    Done: { Type: 'Succeed' },
  },
});

describe('machineGraph', () => {
  it('has every state once, and the group it stands in', () => {
    expect(machineGraph(machine).nodes.map(({ name, group }) => [name, group])).toEqual([
      ['Check', null],
      ['Both', null],
      ['Each', null],
      ['Done', null],
      ['Shift', 'Both/0'],
      ['Pause', 'Both/1'],
      ['Say "hi"', 'Each/0'],
    ]);
  });

  it('has every way between states, and what it depends on', () => {
    expect(machineGraph(machine).edges).toEqual([
      { from: 'Check', to: 'Both', kind: 'choice', text: '$.share > 10 and not $.name is present' },
      { from: 'Check', to: 'Done', kind: 'default', text: '' },
      { from: 'Both', to: 'Each', kind: 'next', text: '' },
      { from: 'Both', to: 'Done', kind: 'catch', text: 'Pointsman.NotReady, States.Timeout' },
      { from: 'Both', to: 'Shift', kind: 'branch', text: '' },
      { from: 'Both', to: 'Pause', kind: 'branch', text: '' },
      { from: 'Each', to: 'Say "hi"', kind: 'iterator', text: '' },
    ]);
  });
});

describe('toMermaid', () => {
  it('draws the graph as a flowchart', () => {
    expect(toMermaid(machineGraph(machine))).toBe(`flowchart TD
  start((" "))
  start --> s0
  s0{"Check"}
  s1[["Both"]]
  s2[["Each"]]
  s3(["Done"])
  subgraph s1_0["Both: branch 1"]
    s4(["Shift"])
  end
  subgraph s1_1["Both: branch 2"]
    s5("Pause")
  end
  subgraph s2_0["Each: each item"]
    s6(["Say #quot;hi#quot;"])
  end
  s0 -->|"$.share #gt; 10 and not $.name is present"| s1
  s0 -->|"otherwise"| s3
  s1 --> s2
  s1 -.->|"Pointsman.NotReady, States.Timeout"| s3
  s1 -.-> s4
  s1 -.-> s5
  s2 -.-> s6
`);
  });
});
