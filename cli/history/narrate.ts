import type { HistoryEvent } from '../client/steps.ts';
import { clean, oneLine, shortened } from '../text/clean.ts';
import { duration } from '../text/time.ts';
import { calledBy, causeText, detailsOf, jsonDetail, nameInArn, numberDetail, textDetail } from './details.ts';
import { functionWords, percentText, type Words } from './function-words.ts';

/** Something worth a line of its own while an execution is watched. */
export interface Line {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of the event it tells. */
  readonly eventId: number;
  readonly text: string;
  readonly level: 'info' | 'good' | 'warning' | 'error';
  /** It says what an earlier line said, with other numbers: show it now and then. */
  readonly again: boolean;
  /** The judge said it. */
  readonly isVerdict: boolean;
  /** Printed under it, in whole. */
  readonly details: readonly string[];
}

/** The story of an execution, oldest first: what changed, without what only passes by. Pure. */
export function narrate(events: readonly HistoryEvent[]): Line[] {
  const story: Story = {
    lines: [],
    said: new Map(),
    states: new Map(),
    calls: new Map(),
    startedAt: events[0]?.timestamp ?? 0,
  };
  for (const event of events) {
    const before = event.previousEventId ?? 0;
    const state = textDetail(event, 'name') || story.states.get(before);
    if (state !== undefined) story.states.set(event.id, state);
    const call = event.type.endsWith('Scheduled') ? event : story.calls.get(before);
    if (call !== undefined && !event.type.endsWith('StateEntered')) story.calls.set(event.id, call);
    tell(story, event, oneLine(state ?? ''), call);
  }
  return story.lines;
}

interface Story {
  readonly lines: Line[];
  /** The last text for each thing that can be said more than once. */
  readonly said: Map<string, { readonly key: string; readonly text: string }>;
  /** State and scheduling event that each event belongs to. */
  readonly states: Map<number, string>;
  readonly calls: Map<number, HistoryEvent>;
  readonly startedAt: number;
}

function tell(story: Story, event: HistoryEvent, state: string, call: HistoryEvent | undefined): void {
  const subjectOf = (level: Line['level']) => `${state} ${level === 'warning' ? 'failed' : ''}`;
  const say = (level: Line['level'], text: string, key = text, details: readonly string[] = [], isVerdict = false) => {
    const subject = subjectOf(level);
    const last = story.said.get(subject);
    if (last?.text === text) return;
    story.said.set(subject, { key, text });
    story.lines.push({
      at: event.timestamp,
      eventId: event.id,
      text,
      level,
      again: last?.key === key,
      isVerdict,
      details,
    });
  };
  const failure = () =>
    [textDetail(event, 'error') || 'no error name', shortened(causeText(textDetail(event, 'cause')), 300)]
      .filter(Boolean)
      .join(': ');
  switch (event.type) {
    case 'ExecutionStarted':
      return say('info', 'started');
    case 'ExecutionSucceeded': {
      const outcome = outcomeIn(jsonDetail(event, 'output'));
      const isGood = outcome === undefined || outcome === 'promoted' || outcome === 'unchanged';
      const said = outcome === undefined ? '' : `, outcome: ${oneLine(outcome)}`;
      return say(isGood ? 'good' : 'warning', `succeeded after ${duration(event.timestamp - story.startedAt)}${said}`);
    }
    case 'ExecutionFailed':
    case 'ExecutionTimedOut':
    case 'ExecutionAborted': {
      const what = { ExecutionFailed: 'failed', ExecutionTimedOut: 'timed out', ExecutionAborted: 'was stopped' }[
        event.type
      ];
      const text = `${what} after ${duration(event.timestamp - story.startedAt)}: ${oneLine(textDetail(event, 'error') || 'no error name')}`;
      return say('error', text, text, causeLines(textDetail(event, 'cause')));
    }
    case 'TaskSubmitted': {
      const child = /"ExecutionArn"\s*:\s*"([^"]+)"/.exec(textDetail(event, 'output'))?.[1];
      return child === undefined
        ? undefined
        : say('info', `${state}: waits for ${oneLine(nameInArn(child.slice(0, child.lastIndexOf(':'))))}`);
    }
    case 'LambdaFunctionSucceeded':
    case 'TaskSucceeded':
    case 'ActivitySucceeded': {
      const words = call && resultWords(call, event);
      if (words === null) return undefined;
      if (words === undefined) return say('info', `${state}: done`);
      return say(words.level, withShare(words), words.key, [], words.isVerdict);
    }
    case 'ParallelStateStarted':
      return say('info', `${state}: branches started`);
    case 'MapStateStarted':
      return say('info', `${state}: ${numberDetail(event, 'length') ?? 'its'} items`);
    case 'ParallelStateSucceeded':
    case 'MapStateSucceeded':
      return say('info', `${state}: done`);
    case 'FailStateEntered':
      return say('warning', state);
    default:
      if (NOT_YET.has(textDetail(event, 'error'))) {
        const cause = oneLine(shortDigests(causeText(textDetail(event, 'cause'))));
        // What an instance says in its first second, before it listens, is no news.
        const isFirst = !story.said.has(subjectOf('info'));
        return say('info', `${state}: not yet, ${isFirst ? (cause.split('; ')[0] ?? cause) : cause}`, 'not yet');
      }
      if (/(Failed|TimedOut|Aborted)$/.test(event.type) && textDetail(event, 'error') !== '')
        return say('warning', `${state} failed: ${oneLine(failure())}`, `failed ${textDetail(event, 'error')}`);
      if (/(Failed|TimedOut)$/.test(event.type))
        return say('warning', `${state}: ${event.type.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()}`);
  }
}

/** Failures by which a step function asks to be called again soon; workflows wait with them, and people need not worry. */
const NOT_YET: ReadonlySet<string> = new Set([
  'Pointsman.NotReady',
  'Pointsman.StillStopping',
  'Pointsman.StillDraining',
  'Pointsman.LeaseHeld',
]);

const shortDigests = (text: string): string => text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, '$1');

/** A canary that took its release back did its work: what it came to is in its output. */
const outcomeIn = (output: unknown): string | undefined =>
  typeof output === 'object' && output !== null && 'outcome' in output && typeof output.outcome === 'string'
    ? output.outcome
    : undefined;

const withShare = ({ percent, text }: Words): string =>
  percent === undefined ? text : `${percentText(percent)}  ${text}`;

/** `lambda:invoke` wraps what goes in and what comes out in `Payload`. */
function resultWords(call: HistoryEvent, event: HistoryEvent): Words | null | undefined {
  const wrapped = detailsOf(call)['resourceType'] !== undefined;
  const [input, output] = [jsonDetail(call, wrapped ? 'parameters' : 'input'), jsonDetail(event, 'output')];
  return functionWords({
    name: calledBy(call),
    input: wrapped ? payload(input) : input,
    output: wrapped ? payload(output) : output,
  });
}

const payload = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'Payload' in value ? value.Payload : undefined;

const causeLines = (cause: string): string[] => (cause === '' ? [] : clean(causeText(cause)).split('\n'));
