import { shortened } from '../text/clean.ts';

/** A call of a step function that succeeded. */
interface FunctionCall {
  readonly name: string;
  readonly input: unknown;
  readonly output: unknown;
}

/** A result in plain words. Two results with the same `key` say the same; only the numbers moved. */
export interface Words {
  readonly text: string;
  readonly key: string;
  readonly level: 'info' | 'good' | 'warning';
  /** Share of traffic the candidate has, percent. */
  readonly percent?: number | undefined;
  readonly isVerdict?: boolean;
}

/** What a known function's result means for a person who watches: null for nothing new, undefined when it is not known. */
export function functionWords({ name, input, output }: FunctionCall): Words | null | undefined {
  const [asked, result] = [record(input), record(output)];
  return vocabulary[name]?.(result, asked);
}

/** `10 %`, `2.5 %`. */
export const percentText = (percent: number): string => `${Number(percent.toFixed(2))} %`;

type Fields = Readonly<Record<string, unknown>>;

const vocabulary: Readonly<Record<string, (result: Fields, asked: Fields) => Words | null | undefined>> = {
  'judge-canary': (result, asked) => verdictWords(textIn(result, 'verdict'), result, numberIn(asked, 'percent')),
  'shift-traffic': (result) => {
    const percent = numberIn(result, 'percent');
    return percent === undefined
      ? undefined
      : { ...plain('of the traffic goes to the candidate', percent), key: `share ${percent}` };
  },
  'check-in': (result) => {
    const order = textIn(result, 'order');
    if (order === '' || order === 'none') return null;
    return {
      ...plain(`${textIn(result, 'by')} orders: ${order}, because ${textIn(result, 'reason')}`),
      level: 'warning',
    };
  },
  'check-ready': (result) => plain(`${numberIn(result, 'ready') ?? 'all'} instances are ready`),
  'start-candidate': (_, asked) =>
    plain(`candidate started: ${numberIn(asked, 'instances') ?? ''} instances`.replace(': instances', '')),
  'resolve-image': (result) => plain(`${textIn(result, 'image')} is ${textIn(result, 'release').slice(0, 19)}`),
  'promote-release': () => ({ ...plain('promoted: it is the stable release now', 100), level: 'good' }),
  'record-release': (result) => {
    const outcome = textIn(result, 'outcome');
    const level = outcome === 'promoted' || outcome === 'unchanged' ? 'good' : 'warning';
    return { ...plain([outcome, textIn(result, 'reason')].filter(Boolean).join(': ')), level };
  },
};

const plain = (text: string, percent?: number): Words => ({ text, key: text, level: 'info', percent });

function verdictWords(verdict: string, result: Fields, percent: number | undefined): Words | undefined {
  const common = { key: `${verdict} at ${percent ?? '?'}`, percent, isVerdict: true };
  const reason = textIn(result, 'reason');
  const said = reason === '' ? '' : `: ${reason}`;
  switch (verdict) {
    case '':
      return undefined;
    case 'bad':
      return { ...common, text: `bad${said}`, level: 'warning' };
    case 'safe':
      return { ...common, text: `safe${said}`, level: 'good' };
    case 'blind':
      return { ...common, text: `blind, the share is held${said}`, level: 'warning' };
    case 'need-more':
      return { ...common, text: `need more: ${countWords(result) ?? reason}`, level: 'info' };
    default:
      return { ...common, text: `${verdict}${said}`, level: 'info' };
  }
}

/** `140 of ~160 requests, 2 errors`; undefined when the judge cannot tell yet how many it needs. */
function countWords(result: Fields): string | undefined {
  const more = numberIn(record(result['more']), 'requests');
  const rate = record(record(record(record(result['memory'])['evidence'])['candidate'])['errors']);
  const [requests, errors] = [numberIn(rate, 'trials'), numberIn(rate, 'hits')];
  if (more === undefined || requests === undefined || errors === undefined) return undefined;
  return `${requests} of ~${requests + Math.ceil(more)} requests, ${errors} ${errors === 1 ? 'error' : 'errors'}`;
}

const record = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

const textIn = (fields: Fields, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? shortened(value, 240) : '';
};

const numberIn = (fields: Fields, name: string): number | undefined => {
  const value = fields[name];
  return typeof value === 'number' ? value : undefined;
};
