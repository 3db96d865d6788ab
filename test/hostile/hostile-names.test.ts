import { describe, expect, it } from 'vitest';
import { readMachine } from '../../engine/asl/index.ts';
import { functionArn, runMachine } from '../support/run-machine.ts';

// Objects of JavaScript have members that nobody wrote. JSON is written as text here: in a literal, `__proto__` would be no key.
const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf'];

/** What an execution of this definition, as text, ends with. */
async function outputOf(definition: string, inputText = '{}'): Promise<string | undefined> {
  const { summary } = await runMachine(definition, { inputText, functions: { same: (input) => input } });
  if (summary.status !== 'SUCCEEDED') throw new Error(`${summary.error}: ${summary.cause}`);
  return summary.output;
}

const pass = (fields: string, language = 'JSONPath') =>
  `{"QueryLanguage":"${language}","StartAt":"A","States":{"A":{"Type":"Pass","End":true,${fields}}}}`;

describe.each(names)('the name %s is a name like any other', (name) => {
  it('of states', async () => {
    const definition = `{"StartAt":"${name}","States":{"${name}":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true}}}`;
    expect(await outputOf(definition)).toBe('{}');
  });

  it('of a state that is not there', () => {
    const reading = readMachine(`{"StartAt":"${name}","States":{"B":{"Type":"Pass","End":true}}}`);
    expect(reading).toMatchObject({ diagnostics: [{ code: 'MISSING_TRANSITION_TARGET' }, {}] });
  });

  it('of fields and of types, which there are not', () => {
    expect(readMachine(pass(`"${name}":1`))).toMatchObject({
      diagnostics: [{ message: `Field '${name}' is not supported` }],
    });
    expect(readMachine(`{"StartAt":"A","States":{"A":{"Type":"${name}","End":true}}}`).ok).toBe(false);
  });

  it('in data on its way through a task and a variable', async () => {
    const input = `{"${name}":{"${name}":[1]}}`;
    const task = `{"Type":"Task","Resource":"${functionArn('same')}","Assign":{"${name}.$":"$"},"Next":"B"}`;
    const definition = `{"StartAt":"A","States":{"A":${task},"B":{"Type":"Pass","Parameters":{"v.$":"$${name}"},"End":true}}}`;
    expect(await outputOf(definition, input)).toBe(`{"v":${input}}`);
  });

  it('in paths, templates and result paths', async () => {
    const definition = pass(
      `"InputPath":"$.${name}","Parameters":{"${name}.$":"$['${name}']"},"ResultPath":"$.${name}.new","OutputPath":"$.${name}"`,
    );
    expect(await outputOf(definition, `{"${name}":{"${name}":1}}`)).toBe(`{"${name}":1,"new":{"${name}":1}}`);
  });

  it('in paths to what is not there', async () => {
    const { summary } = await runMachine(pass(`"InputPath":"$.${name}.${name}"`), { inputText: '{"a":1}' });
    expect(summary.error).toBe('States.Runtime');
    const choice = `{"Variable":"$.${name}","IsPresent":true,"Next":"B"}`;
    const states = `{"A":{"Type":"Choice","Choices":[${choice}],"Default":"C"},"B":{"Type":"Fail"},"C":{"Type":"Succeed"}}`;
    expect(await outputOf(`{"StartAt":"A","States":${states}}`)).toBe('{}');
  });

  it('in JSONata: members, constructors, merging, grouping, and variables', async () => {
    const output = (expression: string, input = `{"${name}":{"a":1}}`) =>
      outputOf(pass(`"Output":${JSON.stringify(`{% ${expression} %}`)}`, 'JSONata'), input);
    expect(await output(`$states.input.\`${name}\``)).toBe('{"a":1}');
    expect(await output(`{"${name}": 2}`)).toBe(`{"${name}":2}`);
    expect(await output(`$merge([$states.input, {"${name}": 3}])`)).toBe(`{"${name}":3}`);
    expect(await output(`$states.input{"${name}": 4}`)).toBe(`{"${name}":4}`);
    expect(await output(`$lookup($states.input, "${name}")`)).toBe('{"a":1}');
    expect(await output(`[$exists($states.input.\`${name}\`), $exists($${name})]`, '{}')).toBe('[false,false]');
    expect(await output(`($${name} := 5; $${name})`)).toBe('5');
  });

  it('in intrinsic functions', async () => {
    const input = `{"${name}":1,"text":"{\\"${name}\\":2}"}`;
    const merged = pass(`"Parameters":{"m.$":"States.JsonMerge($, States.StringToJson($.text), false)"}`);
    expect(JSON.parse((await outputOf(merged, input)) ?? '')['m'][name]).toBe(2);
    expect(readMachine(pass(`"Parameters":{"m.$":"States.${name}($)"}`)).ok).toBe(false);
  });
});

describe('names', () => {
  it('of states in scopes beside and within each other are kept apart, or refused when they are the same', () => {
    const branch = (name: string) => `{"StartAt":"${name}","States":{"${name}":{"Type":"Pass","End":true}}}`;
    const parallel = (one: string, other: string) =>
      `{"StartAt":"P","States":{"P":{"Type":"Parallel","Branches":[${branch(one)},${branch(other)}],"End":true}}}`;
    expect(readMachine(parallel('A', 'B')).ok).toBe(true);
    expect(readMachine(parallel('A', 'A'))).toMatchObject({ diagnostics: [{ code: 'DUPLICATE_STATE_NAME' }] });
    expect(readMachine(parallel('A', 'P'))).toMatchObject({ diagnostics: [{ code: 'DUPLICATE_STATE_NAME' }] });
  });

  it('may look like the ids of frames', async () => {
    const branch = `{"StartAt":"root/2.0","States":{"root/2.0":{"Type":"Pass","Next":"start"},"start":{"Type":"Pass","End":true}}}`;
    const definition = `{"StartAt":"root","States":{"root":{"Type":"Parallel","Branches":[${branch},${branch.replaceAll('2.0', '2.1').replaceAll('start', 'items')}],"End":true}}}`;
    expect(await outputOf(definition, '1')).toBe('[1,1]');
  });
});

describe('texts and numbers', () => {
  it.each([
    ['a lone surrogate', '"\\ud800"'],
    ['surrogates in the wrong order', '"\\udc00\\ud800"'],
    ['the character NUL', '"a\\u0000b"'],
    ['the largest number', '1.7976931348623157e+308'],
    ['the smallest number', '5e-324'],
    ['the largest whole number that is exact', '9007199254740991'],
  ])('%s goes through a machine unchanged', async (_, text) => {
    expect(await outputOf(pass('"Parameters":{"x.$":"$"}'), text)).toBe(`{"x":${text}}`);
    expect(await outputOf(pass('"Output":"{% $states.input %}"', 'JSONata'), text)).toBe(text);
  });

  it('a whole number beyond 2^53 becomes the nearest double, and 1.0 becomes 1', async () => {
    expect(await outputOf(pass('"Comment":""'), '[9007199254740993,1.0,-0.0]')).toBe('[9007199254740992,1,0]');
  });

  it('of two members of one name the last counts, in data and in definitions', async () => {
    expect(await outputOf(pass('"Result":1,"Result":2'))).toBe('2');
    expect(await outputOf(pass('"InputPath":"$.a"'), '{"a":1,"a":2}')).toBe('2');
  });

  it('a number that no double can hold is refused in a definition, and is no JSON to a state', async () => {
    expect(readMachine(pass('"Result":1e400'))).toMatchObject({ ok: false, diagnostics: [{ message: /beyond/ }] });
    const definition = pass('"Parameters":{"x.$":"States.StringToJson($)"}');
    const { summary } = await runMachine(definition, { input: '[-1e999]' });
    expect(summary.error).toBe('States.Runtime');
  });

  it('a sum that no double can hold is called Infinity, as JSONata on AWS does', async () => {
    const definition = pass('"Parameters":{"x.$":"$.sum()"}');
    expect(await outputOf(definition, '[1.7e308,1.7e308]')).toBe('{"x":"Infinity"}');
  });
});
