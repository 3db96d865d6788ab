import { isObject, type Json, own } from '../../engine/data/json.ts';

/** Members that AWS's answers got over time, and the day since when recordings have them. */
const MEMBERS_SINCE: Readonly<Record<string, string>> = {
  redriveCount: '2023-11-15',
  redriveStatus: '2023-11-15',
  redriveStatusReason: '2023-11-15',
  failuresNotRedrivable: '2023-11-15',
  pendingRedrive: '2023-11-15',
  RedriveCount: '2023-11-15',
  RedriveStatus: '2023-11-15',
  RedriveStatusReason: '2023-11-15',
  encryptionConfiguration: '2024-11-01',
};

/** A value as AWS would have given it on the day of the recording. */
export const asOf = (recordedDate: string, value: Json): Json => onDay(dayOf(recordedDate), value);

function onDay(day: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => onDay(day, item));
  if (!isObject(value)) return value;
  const since = (name: string) => own(MEMBERS_SINCE, name) ?? '';
  const members = Object.entries(value).filter(([name]) => day >= since(name));
  return Object.fromEntries(members.map(([name, member]) => [name, onDay(day, member)]));
}

/** `04-03-2023, 10:05:28` → `2023-03-04` */
const dayOf = (recordedDate: string): string => recordedDate.replace(/^(\d+)-(\d+)-(\d+).*$/, '$3-$2-$1');
