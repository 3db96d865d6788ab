import * as fc from 'fast-check';
import library from 'jsonata';
import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../../test/support/scope-of.ts';
import { program } from '../engine.ts';
import { JsonataFailure } from '../failure.ts';
import { awsLimits } from '../meter.ts';

type Bindings = Readonly<Record<string, unknown>>;

/** The result or the code of the failure; undefined when the library fails in a way it did not mean to. */
async function ofLibrary(expression: string, bindings: Bindings): Promise<unknown> {
  try {
    return { result: await library(expression).evaluate({}, bindings) };
  } catch (thrown) {
    const { code } = thrown as { code?: string };
    return code === undefined ? undefined : { code };
  }
}

function ofOurs(expression: string, bindings: Bindings): unknown {
  const { now, random } = scopeOf();
  try {
    return { result: program(expression).run({ bindings, now, random, limits: awsLimits }) };
  } catch (thrown) {
    if (thrown instanceof JsonataFailure) return { code: thrown.code };
    throw thrown;
  }
}

async function same(expression: string, bindings: Bindings): Promise<void> {
  const theirs = await ofLibrary(expression, bindings);
  const ours = ofOurs(expression, bindings);
  if (theirs !== undefined) expect(ours).toEqual(theirs);
}

const number = fc.oneof(
  fc.integer({ min: -3000, max: 3000 }),
  fc.double({ min: -1e7, max: 1e7, noNaN: true }),
  fc.constantFrom(0, 0.5, 1e21, 1e-7, -0.001, 123456789.125),
);
const picture = (characters: string) => fc.string({ unit: fc.constantFrom(...characters.split('')), maxLength: 10 });
/** Most of these are pictures. */
const numberPicture = fc
  .tuple(
    fc.constantFrom('', '', '$', '(', '-'),
    fc.string({ unit: fc.constantFrom('#', '#', ','), maxLength: 5 }),
    fc.string({ unit: fc.constantFrom('0', '0', ','), maxLength: 5 }),
    fc.constantFrom('', '.', '.0', '.00', '.0#', '.##', '.0,0#'),
    fc.constantFrom('', '', '%', '\u2030', ')', ';-#', ';(0.0)'),
  )
  .map((parts) => parts.join(''));
const millis = fc.integer({ min: -2_000_000_000_000, max: 8_000_000_000_000 });
const runs = { numRuns: Number(process.env.JSONATA_RUNS ?? 500) };

describe('pictures and those of jsonata 2.0.6', () => {
  it('write the same numbers', async () => {
    const options = fc.constantFrom(
      {},
      { 'zero-digit': '\u0660' },
      { 'grouping-separator': '.', 'decimal-separator': ',' },
    );

    await fc.assert(
      fc.asyncProperty(number, fc.oneof(numberPicture, picture('##00,,..%;-a(')), options, (value, text, symbols) =>
        same('$formatNumber($value, $text, $symbols)', { value, text, symbols }),
      ),
      runs,
    );
  });

  it('write the same powers of ten', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), picture('#00.e'), (value, text) =>
        same('$formatNumber($value, $text)', { value, text: `${text}0e0` }),
      ),
      runs,
    );
  });

  it('write and read the same integers', async () => {
    const text = fc.oneof(picture('#00,.;o9'), fc.constantFrom('w', 'W', 'Ww;o', 'w;o', 'I', 'i', 'A', 'a', '\u0660'));

    await fc.assert(
      fc.asyncProperty(fc.oneof(number, fc.integer({ min: 0, max: 1e15 })), text, (value, format) =>
        same('[$formatInteger($value, $format), $parseInteger($formatInteger($value, $format), $format)]', {
          value,
          format,
        }),
      ),
      runs,
    );
  });

  it('write and read the same dates', async () => {
    const marker = fc
      .tuple(
        fc.constantFrom(...'YMDdFWwXxHhPmsfZz'.split('')),
        fc.constantFrom(
          '',
          '',
          '1',
          '01',
          '0001',
          'N',
          'n',
          'Nn',
          '1o',
          'I',
          'a',
          'w',
          'Wwo',
          '#1',
          '00:00',
          '01:01t',
          '0',
        ),
        fc.constantFrom('', '', ',2', ',3-3', ',2-4', ',*-2'),
      )
      .map((parts) => `[${parts.join('')}]`);
    const usual = fc.constantFrom('[Y]-[M01]-[D01]', '[H]:[m]:[s].[f]', '[h]:[m] [PN]', '[Y] [d]', '[X]-[W]-[F1]');
    const format = fc
      .array(fc.oneof(marker, usual, fc.constantFrom(' ', '-', 'T', '[[', ']]')), { maxLength: 6 })
      .map((parts) => parts.join(''));
    const zone = fc.constantFrom(undefined, '+0100', '-0530', '0000', '+1245');

    await fc.assert(
      fc.asyncProperty(millis, format, zone, async (instant, text, timezone) => {
        const bindings = { instant, text, ...(timezone !== undefined && { timezone }) };
        await same('$fromMillis($instant, $text, $timezone)', bindings);
        // Parts that the text leaves out are those of the present, so a year is always given.
        await same('$toMillis($fromMillis($instant, $text, $timezone), $text)', { ...bindings, text: `[Y] ${text}` });
      }),
      runs,
    );
  });
});
