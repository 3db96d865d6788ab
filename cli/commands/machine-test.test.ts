import { describe, expect, it } from 'vitest';
import { runCli } from '../run-cli.ts';
import { fakeIo } from '../testing/fake-io.ts';

const folder = '/home/operator/shop';
const definition = JSON.stringify({
  StartAt: 'Call',
  States: {
    Call: { Type: 'Task', Resource: '${verify}', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Mended' }], End: true },
    Mended: { Type: 'Succeed' },
  },
});
const good = 'mocks: { Call: { result: { ok: true } } }\nexpect: { output: { ok: true }, path: [Call] }';

async function test(cases: { readonly [name: string]: string }, ...more: readonly string[]) {
  const files = Object.fromEntries(Object.entries(cases).map(([name, text]) => [`${folder}/cases/${name}`, text]));
  const io = fakeIo({ files: { [`${folder}/m.json`]: definition, ...files } });
  const code = await runCli(['machine', 'test', 'm.json', '--cases', 'cases', ...more], io);
  return { code, io, out: io.out(), err: io.err() };
}

describe('pointsman machine test', () => {
  it('passes, and tells what no case reached', async () => {
    const { code, out } = await test({ 'good.yaml': good });

    expect(code).toBe(0);
    expect(out).toBe(
      [
        'CASE             RESULT  ENDED      STATES  VIRTUAL TIME',
        'cases/good.yaml  passed  SUCCEEDED  1       0.0 s',
        '',
        'COVERAGE  REACHED  OF  %',
        'states    1        2   50',
        'rules     0        0',
        'retriers  0        0',
        'catchers  0        1   0',
        '',
        'never reached:',
        '  catcher 1  Call    States.ALL',
        '  state      Mended',
        '',
      ].join('\n'),
    );
  });

  it('leaves with 3 and says why when a case fails', async () => {
    const { code, out } = await test({ 'bad.yaml': good.replace('[Call]', '[Call, Mended]') });

    expect(code).toBe(3);
    expect(out).toContain('  path: expected Call → Mended, got Call');
  });

  it('gives everything as JSON', async () => {
    const { out } = await test({ 'good.yaml': good }, '--json');

    expect(JSON.parse(out)).toMatchObject({
      machine: 'm.json',
      cases: [{ file: 'cases/good.yaml', result: 'passed', problems: [], path: ['Call'] }],
      coverage: { states: { reached: 1, total: 2 }, missing: [{ kind: 'catcher' }, { kind: 'state' }] },
    });
  });

  it('sketches what is missing, which counts only when a person has taken the mark away', async () => {
    const { io } = await test({ 'good.yaml': good }, '--write-missing');
    const name = 'sketch-call-catcher-1.yaml';
    const sketch = io.written.get(`${folder}/cases/${name}`) ?? '';
    const marked = await test({ 'good.yaml': good, [name]: sketch });
    const taken = await test({ 'good.yaml': good, [name]: sketch.replace('sketch: true\n', '') });

    expect(marked.out).toMatch(/sketch-call-catcher-1.yaml +sketch/);
    expect(marked.out).toMatch(/catchers +0 +1/);
    expect(taken.out).toMatch(/catchers +1 +1 +100/);
  });

  it('refuses a folder without cases', async () => {
    const { code, err } = await test({});

    expect(code).toBe(2);
    expect(err).toContain('there is no case in cases');
  });

  it('refuses a file that is no case', async () => {
    const { code, err } = await test({ 'x.yaml': 'expect: {}\nmock: {}' });

    expect(code).toBe(2);
    expect(err).toContain('cases/x.yaml is no case');
  });
});
