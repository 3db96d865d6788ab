import { allocateList, type Meter, spend } from '../meter.ts';

/**
 * The items in order, equal ones as they were; an array of one or none is given as it is.
 * It asks in the order JSONata asks, which matters where the answers contradict each other.
 * @param isAfter whether the first item belongs after the second
 */
export function mergeSort(
  items: unknown[],
  isAfter: (left: unknown, right: unknown) => boolean,
  meter: Meter,
): unknown[] {
  if (items.length <= 1) return items;
  const middle = Math.floor(items.length / 2);
  const left = mergeSort(items.slice(0, middle), isAfter, meter);
  const right = mergeSort(items.slice(middle), isAfter, meter);
  allocateList(meter, items.length);
  spend(meter, items.length);
  const merged: unknown[] = [];
  let [fromLeft, fromRight] = [0, 0];
  while (fromLeft < left.length && fromRight < right.length)
    merged.push(isAfter(left[fromLeft], right[fromRight]) ? right[fromRight++] : left[fromLeft++]);
  for (const item of left.slice(fromLeft)) merged.push(item);
  for (const item of right.slice(fromRight)) merged.push(item);
  return merged;
}
