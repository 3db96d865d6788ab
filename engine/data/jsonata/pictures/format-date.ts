import { failure } from '../failure.ts';
import { allocate, type Meter, spend } from '../meter.ts';
import { dayNames, monthNames } from './date-names.ts';
import { datePart } from './date-parts.ts';
import { type DateMarker, readDatePicture } from './date-picture.ts';
import { formatInteger } from './format-integer.ts';
import { readIntegerPicture } from './integer-picture.ts';

const isoPicture = '[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]';

/**
 * A date as the picture says; in ISO 8601 without one.
 * @param timezone `+0100`
 * @throws JsonataFailure `D3130` to `D3135` when the picture is none
 */
export function formatDate(millis: number, picture = isoPicture, timezone: string | undefined, meter: Meter): string {
  spend(meter, picture.length);
  const offset = timezone === undefined ? 0 : Number.parseInt(timezone, 10);
  const zone = { hours: Math.floor(offset / 100), minutes: offset % 100 };
  const date = new Date(millis + (60 * zone.hours + zone.minutes) * 60_000);
  return readDatePicture(picture)
    .map((piece) => {
      const text = piece.literal ?? formatMarker(date, piece, zone, meter);
      allocate(meter, text.length);
      return text;
    })
    .join('');
}

interface Zone {
  readonly hours: number;
  readonly minutes: number;
}

function formatMarker(date: Date, marker: DateMarker, zone: Zone, meter: Meter): string {
  const { component, names, integer, digits } = marker;
  if (component === 'Z' || component === 'z') return formatZone(zone, marker, meter);
  const part = datePart(date, component);
  if (typeof part !== 'number')
    return names === 'upper' && component === 'P' ? String(part).toUpperCase() : String(part);
  const value = component === 'Y' && digits !== undefined ? part % 10 ** digits : part;
  if (integer !== undefined) return formatInteger(value, integer, meter);
  return component === 'f' ? String(value) : formatName(value, marker);
}

function formatName(value: number, { component, names, mostWidth }: DateMarker): string {
  const name = component === 'F' ? dayNames[value] : monthNames[value - 1];
  if (!'MxF'.includes(component) || name === undefined) throw failure('D3133', { value: component });
  const cased = names === 'upper' ? name.toUpperCase() : names === 'lower' ? name.toLowerCase() : name;
  return mostWidth === undefined ? cased : cased.slice(0, mostWidth);
}

function formatZone({ hours, minutes }: Zone, { component, integer, modifier }: DateMarker, meter: Meter): string {
  const offset = hours * 100 + minutes;
  const digits = zoneDigits(hours, minutes, integer, meter);
  if (offset === 0 && modifier === 't') return 'Z';
  const text = offset >= 0 ? `+${digits}` : digits;
  return component === 'z' ? `GMT${text}` : text;
}

function zoneDigits(hours: number, minutes: number, integer: DateMarker['integer'], meter: Meter): string {
  if (integer === undefined) return '';
  const offset = hours * 100 + minutes;
  const { mandatoryDigits, everyDigits } = integer;
  if (everyDigits > 0 || mandatoryDigits === 3 || mandatoryDigits === 4) return formatInteger(offset, integer, meter);
  if (mandatoryDigits !== 1 && mandatoryDigits !== 2) throw failure('D3134', { value: mandatoryDigits });
  const text = formatInteger(hours, integer, meter);
  return minutes === 0 ? text : `${text}:${formatInteger(minutes, readIntegerPicture('00'), meter)}`;
}
