import type { HistoryEvent } from '../client/steps.ts';
import { calledBy, causeText, numberDetail, textDetail } from '../history/details.ts';
import { oneLine, shortened } from '../text/clean.ts';
import type { Paint } from '../text/paint.ts';
import { clockTime } from '../text/time.ts';

/** An event as a row: id, time with milliseconds, what it follows, type, and what matters most of its details. */
export function eventRow(event: HistoryEvent, utcOffsetMinutes: number, paint: Paint): string[] {
  const { id, previousEventId = 0, timestamp, type } = event;
  const ms = String(((timestamp % 1000) + 1000) % 1000).padStart(3, '0');
  return [
    String(id).padStart(5),
    paint('dim', `${clockTime(timestamp, utcOffsetMinutes)}.${ms}`),
    paint('dim', previousEventId === 0 ? '' : `← ${previousEventId}`),
    paint(typeColour(type), oneLine(type)),
    mattering(event),
  ];
}

const widest = 100;

function mattering(event: HistoryEvent): string {
  const { type } = event;
  if (/(Failed|TimedOut|Aborted)$/.test(type))
    return shortened(
      [textDetail(event, 'error'), causeText(textDetail(event, 'cause'))].filter(Boolean).join(': '),
      widest,
    );
  if (type.endsWith('Scheduled'))
    return shortened(`${calledBy(event)} ${textDetail(event, 'input') || textDetail(event, 'parameters')}`, widest);
  const [index, length] = [numberDetail(event, 'index'), numberDetail(event, 'length')];
  const name = [
    textDetail(event, 'name'),
    index === undefined ? '' : `item ${index}`,
    length === undefined ? '' : `${length} items`,
  ];
  const data = textDetail(event, 'output') || textDetail(event, 'input');
  return shortened([...name, data].filter(Boolean).join('  '), widest);
}

function typeColour(type: string): Parameters<Paint>[0] {
  if (/(Failed|TimedOut|Aborted)$/.test(type)) return 'red';
  return type.endsWith('Succeeded') ? 'green' : 'bold';
}
