import { failure } from '../failure.ts';

/** How an integer is written: `1,000`, `001`, `I`, `a`, `Ww;o` … (XPath, fn:format-integer) */
export interface IntegerPicture {
  readonly style: 'digits' | 'letters' | 'roman' | 'words' | 'unknown';
  readonly letterCase: 'upper' | 'lower' | 'title';
  /** `1st`, `First`. */
  readonly ordinal: boolean;
  /** Code of the digit zero of the script. */
  readonly zero: number;
  readonly mandatoryDigits: number;
  readonly optionalDigits: number;
  /** Set when the same separator stands after every so many digits. */
  readonly everyDigits: number;
  /** With the number of digits to its right, from the right. */
  readonly separators: readonly Separator[];
  /** The picture without its modifier. */
  readonly text: string;
}

export interface Separator {
  readonly position: number;
  readonly character: string;
}

/** @throws JsonataFailure `D3131` when it mixes digits of several scripts */
export function readIntegerPicture(picture: string): IntegerPicture {
  const semicolon = picture.lastIndexOf(';');
  const text = semicolon < 0 ? picture : picture.slice(0, semicolon);
  const ordinal = semicolon >= 0 && picture[semicolon + 1] === 'o';
  const common = { letterCase: 'lower', ordinal, text, ...noDigits } as const;
  const style = Object.hasOwn(styles, text) ? styles[text] : undefined;
  return style === undefined ? { ...common, ...readDigits(text) } : { ...common, ...style };
}

const noDigits = { zero: 48, mandatoryDigits: 0, optionalDigits: 0, everyDigits: 0, separators: [] } as const;

const styles: Readonly<Record<string, Pick<IntegerPicture, 'style' | 'letterCase'>>> = {
  A: { style: 'letters', letterCase: 'upper' },
  a: { style: 'letters', letterCase: 'lower' },
  I: { style: 'roman', letterCase: 'upper' },
  i: { style: 'roman', letterCase: 'lower' },
  W: { style: 'words', letterCase: 'upper' },
  Ww: { style: 'words', letterCase: 'title' },
  w: { style: 'words', letterCase: 'lower' },
};

function readDigits(text: string): Pick<IntegerPicture, 'style'> & Partial<IntegerPicture> {
  const separators: Separator[] = [];
  let zero: number | undefined;
  let mandatoryDigits = 0;
  let optionalDigits = 0;
  for (const character of Array.from(text).reverse()) {
    const group = zeroOf(character.codePointAt(0) ?? 0);
    if (group !== undefined) {
      if (zero !== undefined && zero !== group) throw failure('D3131');
      zero = group;
      mandatoryDigits++;
    } else if (character === '#') optionalDigits++;
    else separators.push({ position: mandatoryDigits + optionalDigits, character });
  }
  if (zero === undefined) return { style: 'unknown' };
  return {
    style: 'digits',
    zero,
    mandatoryDigits,
    optionalDigits,
    everyDigits: regularDistance(separators),
    separators,
  };
}

/** How many digits stand between any two separators, if all are alike; else 0. */
function regularDistance(separators: readonly Separator[]): number {
  const characters = new Set(separators.map(({ character }) => character));
  return characters.size === 1 ? regularStep(separators.map(({ position }) => position)) : 0;
}

/** The number of which these are the first multiples; 0 when there is none. */
export function regularStep(positions: readonly number[]): number {
  if (positions.length === 0) return 0;
  const step = positions.reduce(greatestDivisor);
  const given = new Set(positions);
  return positions.every((_, at) => given.has((at + 1) * step)) ? step : 0;
}

const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));

/** Codes of the digit zero of each script. */
const zeros = [
  0x30, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50,
  0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
  0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

const zeroOf = (code: number): number | undefined => zeros.find((zero) => code >= zero && code <= zero + 9);
