import { describe, expect, it } from 'vitest';
import { readDefinitionText } from './definition-text.ts';
import { readMachine } from './read-machine.ts';

const yaml = `# Waits, then ends.
StartAt: Wait a little
States:
  Wait a little:
    Type: Wait
    Seconds: 1
    Next: "To/From"
  To/From:
    Type: Choice
    Choices:
      - { Variable: $.x, IsNull: true, Next: Gone }
`;

const definitionOf = (text: string): unknown => {
  const read = readDefinitionText(text);
  return read.ok ? JSON.parse(read.definition) : read.diagnostics;
};

describe('readDefinitionText', () => {
  it('reads YAML', () => {
    expect(definitionOf(yaml)).toMatchObject({ StartAt: 'Wait a little', States: { 'To/From': { Type: 'Choice' } } });
  });

  it('gives JSON back as it was written', () => {
    const text = '{ "StartAt": "A",\n  "n": 1.0 }';

    expect(readDefinitionText(text)).toMatchObject({ ok: true, definition: text });
  });

  it.each([
    ['/', 2, 1],
    ['/StartAt', 2, 1],
    ['/States/Wait a little/Seconds', 6, 5],
    ['/States/To/From', 8, 3],
    ['/States/To/From/Choices[0]/Next', 11, 40],
    ['/States/To/From/Choices[0]/NumericEquals', 11, 9],
    ['/States/To/From/Choices[7]', 10, 5],
    ['/States/Nowhere', 3, 1],
    [null, 1, 1],
  ])('knows where %s stands', (location, line, column) => {
    expect(readDefinitionText(yaml).locate(location)).toEqual({ line, column });
  });

  it('finds the place of every problem that the reader finds', () => {
    const read = readDefinitionText(yaml);
    const reading = readMachine(read.ok ? read.definition : '');

    expect(reading.ok ? [] : reading.diagnostics.map(({ location }) => read.locate(location))).toEqual([
      { line: 11, column: 40 },
      { line: 1, column: 1 },
    ]);
  });

  it('finds places in JSON too', () => {
    expect(readDefinitionText('{"StartAt": "A",\n "States": {"A": {}}}').locate('/States/A')).toEqual({
      line: 2,
      column: 13,
    });
  });

  it.each([
    ['a line that is no YAML', 'a: 1\nb: [', 2],
    ['two documents', '--- {}\n--- {}', 2],
    ['a number JSON does not have', 'a: .nan', 1],
    ['a cycle', 'a: &a [*a]', 1],
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(10)}]\nc: &c [${'*b,'.repeat(10)}]\nd: [${'*c,'.repeat(10)}]`,
      1,
    ],
    ['nesting that would exhaust the stack', '['.repeat(20_000), 1],
  ])('refuses %s', (_, text, line) => {
    const read = readDefinitionText(text);

    expect(read.ok ? undefined : read.diagnostics[0]).toMatchObject({
      severity: 'ERROR',
      code: 'INVALID_JSON_DESCRIPTION',
    });
    expect(read.ok ? undefined : read.locate(read.diagnostics[0]?.location ?? null).line).toBe(line);
  });
});
