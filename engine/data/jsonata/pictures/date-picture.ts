import { failure } from '../failure.ts';
import { type IntegerPicture, readIntegerPicture } from './integer-picture.ts';

/** A piece of a date picture: text, or a part of the date in brackets. (XPath, "Formatting dates and times") */
export type DatePiece = { readonly literal: string } | DateMarker;

export interface DateMarker {
  readonly literal?: undefined;
  /** `Y`, `M`, `D` … */
  readonly component: string;
  /** Names of months and days, am and pm. */
  readonly names: 'upper' | 'lower' | 'title' | undefined;
  /** What follows the presentation: `o` for ordinals, `t` for a Z. */
  readonly modifier: string | undefined;
  readonly mostWidth: number | undefined;
  readonly integer: IntegerPicture | undefined;
  /** Of years, months and days: how many digits; undefined for as many as there are. */
  readonly digits: number | undefined;
}

/** @throws JsonataFailure `D3132` for an unknown part, `D3135` for a bracket that is not closed */
export function readDatePicture(picture: string): readonly DatePiece[] {
  const pieces: DatePiece[] = [];
  let literal = '';
  const endLiteral = () => {
    if (literal !== '') pieces.push({ literal: literal.replaceAll(']]', ']') });
    literal = '';
  };
  for (let at = 0; at < picture.length; at++) {
    if (picture[at] !== '[') literal += picture.charAt(at);
    else if (picture[at + 1] === '[') {
      endLiteral();
      pieces.push({ literal: '[' });
      at++;
    } else {
      endLiteral();
      const end = picture.indexOf(']', at);
      if (end < 0) throw failure('D3135');
      pieces.push(readMarker(picture.slice(at + 1, end).replaceAll(/\s/g, '')));
      at = end;
    }
  }
  endLiteral();
  return pieces;
}

const usual: Readonly<Record<string, string>> = {
  Y: '1',
  M: '1',
  D: '1',
  d: '1',
  F: 'n',
  W: '1',
  w: '1',
  X: '1',
  x: '1',
  H: '1',
  h: '1',
  P: 'n',
  m: '01',
  s: '01',
  f: '1',
  Z: '01:01',
  z: '01:01',
  C: 'n',
  E: 'n',
};

/** `Y0001`, `MNn,3-3`, `D1o` … */
function readMarker(marker: string): DateMarker {
  const component = marker.charAt(0);
  const comma = marker.lastIndexOf(',');
  const [least, most] = comma < 0 ? [] : readWidth(marker.slice(comma + 1));
  const { presentation, modifier } = readPresentation(component, comma < 0 ? marker.slice(1) : marker.slice(1, comma));
  const names = namesOf(presentation);
  const zone = component === 'Z' || component === 'z';
  const counted = names === undefined && 'YMDdFWwXxHhmsf'.includes(component);
  const common = { component, names, modifier, mostWidth: most };
  if (zone) return { ...common, integer: readIntegerPicture(presentation), digits: undefined };
  if (!counted) return { ...common, integer: undefined, digits: undefined };
  const read = readIntegerPicture(modifier === undefined ? presentation : `${presentation};${modifier}`);
  const mandatoryDigits = read.style === 'digits' ? Math.max(read.mandatoryDigits, least ?? 0) : 0;
  if (!'YMD'.includes(component)) return { ...common, integer: { ...read, mandatoryDigits }, digits: undefined };
  if (most !== undefined) return { ...common, integer: { ...read, mandatoryDigits: most }, digits: most };
  const shown = mandatoryDigits + read.optionalDigits;
  return { ...common, integer: { ...read, mandatoryDigits }, digits: shown >= 2 ? shown : undefined };
}

/** `2`, `2-4`, `*-3` */
function readWidth(text: string): readonly [least: number | undefined, most: number | undefined] {
  const dash = text.indexOf('-');
  return dash < 0 ? [widthOf(text), undefined] : [widthOf(text.slice(0, dash)), widthOf(text.slice(dash + 1))];
}

function widthOf(text: string): number | undefined {
  const width = Number.parseInt(text, 10);
  return Number.isNaN(width) ? undefined : width;
}

function readPresentation(component: string, text: string): { presentation: string; modifier: string | undefined } {
  if (text === '') {
    const presentation = Object.hasOwn(usual, component) ? usual[component] : undefined;
    if (presentation === undefined) throw failure('D3132', { value: component });
    return { presentation, modifier: undefined };
  }
  const modifier = text.length > 1 && 'atco'.includes(text.charAt(text.length - 1)) ? text.slice(-1) : undefined;
  return { presentation: modifier === undefined ? text : text.slice(0, -1), modifier };
}

function namesOf(presentation: string): DateMarker['names'] {
  if (presentation.startsWith('n')) return 'lower';
  if (!presentation.startsWith('N')) return undefined;
  return presentation[1] === 'n' ? 'title' : 'upper';
}
