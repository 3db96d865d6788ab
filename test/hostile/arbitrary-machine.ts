import * as fc from 'fast-check';
import { functionArn } from '../support/run-machine.ts';
import { anyValue, conditions, expressions, paths } from './arbitrary-values.ts';

type Language = 'JSONPath' | 'JSONata';
type Fields = Readonly<Record<string, unknown>>;

/** A state that does not know yet what it is called, or where it leads: `wire` gives its fields once that is known. */
interface Plan {
  readonly ends: boolean;
  readonly wire: (place: Place) => Fields;
}

interface Place {
  /** Fields that lead on: `{ Next }` or `{ End: true }`. */
  readonly onward: Fields;
  /** Of the state that comes after; the state's own name for the last. */
  readonly next: string;
  /** Of a state before it, or itself: a way back. */
  readonly back: string;
  /** Gives every state of the machine a name that no other has. */
  readonly names: () => string;
  readonly depth: number;
}

/** Definitions that mostly are valid: all eight states, both query languages, retries, catchers, variables, nested scopes. */
export const anyMachine: fc.Arbitrary<Fields> = fc
  .tuple(
    fc.constantFrom<Language>('JSONPath', 'JSONata'),
    fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
  )
  .chain(([language, timeout]) =>
    scopePlan(language, 0).map((plans) => {
      let last = 0;
      const names = () => `S${++last}`;
      const limit = timeout === undefined ? {} : { TimeoutSeconds: timeout };
      return { QueryLanguage: language, ...limit, ...wireScope(plans, names, 0) };
    }),
  );

const scopePlan = (language: Language, depth: number): fc.Arbitrary<readonly Plan[]> =>
  fc.tuple(fc.array(anyState(language, depth), { maxLength: 3 }), lastState(language, depth)).map(([some, last]) => {
    const inside = some.filter(({ ends }) => !ends);
    return [...inside, last];
  });

/** Each state leads to the one after it, so that all can be reached. */
function wireScope(plans: readonly Plan[], names: () => string, depth: number): Fields {
  const named = plans.map((plan) => ({ plan, name: names() }));
  const states = named.map(({ plan, name }, at) => {
    const next = named[at + 1]?.name ?? name;
    const onward = next === name ? { End: true } : { Next: next };
    const back = named[Math.max(0, at - 1)]?.name ?? name;
    return [name, plan.wire({ onward, next, back, names, depth })] as const;
  });
  return { StartAt: named[0]?.name, States: Object.fromEntries(states) };
}

const lastState = (language: Language, depth: number): fc.Arbitrary<Plan> =>
  fc.oneof({ weight: 6, arbitrary: anyState(language, depth).filter(({ ends }) => !ends) }, ending(language));

const ending = (language: Language): fc.Arbitrary<Plan> =>
  fc
    .constantFrom<Fields>({ Type: 'Succeed' }, { Type: 'Fail' }, { Type: 'Fail', Error: 'E.One', Cause: language })
    .map((fields) => ({ ends: true, wire: () => fields }));

function anyState(language: Language, depth: number): fc.Arbitrary<Plan> {
  const flat = [passState, taskState, taskState, choiceState, waitState];
  const nested = depth < 2 ? [parallelState, mapState] : [];
  return fc.oneof(...[...flat, ...nested].map((make) => make(language, depth)));
}

const passState = (language: Language): fc.Arbitrary<Plan> =>
  fc.record({ flow: flowOf(language, ['ResultPath']), result: anyValue }).map(({ flow, result }) => ({
    ends: false,
    wire: ({ onward, depth }) => ({
      Type: 'Pass',
      ...(language === 'JSONPath' ? { Result: result } : {}),
      ...flow(depth),
      ...onward,
    }),
  }));

const taskState = (language: Language): fc.Arbitrary<Plan> =>
  fc
    .record({
      flow: flowOf(language, ['ResultPath', 'ResultSelector']),
      resource: fc.constantFrom(functionArn('a'), functionArn('b'), 'token'),
      limits: fc.constantFrom<Fields>({}, { TimeoutSeconds: 3 }, { TimeoutSeconds: 9, HeartbeatSeconds: 2 }),
      handlers: handlersOf(language),
    })
    .map(({ flow, resource, limits, handlers }) => ({
      ends: false,
      wire: (place) => ({
        Type: 'Task',
        ...(resource === 'token' ? tokenTask(language) : { Resource: resource }),
        ...limits,
        ...flow(place.depth),
        ...handlers(place),
        ...place.onward,
      }),
    }));

function tokenTask(language: Language): Fields {
  const Resource = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
  return language === 'JSONPath'
    ? { Resource, Parameters: { FunctionName: 'a', Payload: { 'token.$': '$$.Task.Token' } } }
    : { Resource, Arguments: { FunctionName: 'a', Payload: { token: '{% $states.context.Task.Token %}' } } };
}

const choiceState = (language: Language): fc.Arbitrary<Plan> =>
  fc
    .record({
      rules: fc.array(conditions(language), { minLength: 1, maxLength: 3 }),
      goesBack: fc.nat({ max: 49 }),
      flow: flowOf(language, []),
    })
    .map(({ rules, goesBack, flow }) => ({
      ends: false,
      wire: ({ next, back, onward, depth, names }) => {
        // The last state of a scope has nothing to choose from.
        if ('End' in onward) return { Type: 'Pass', Comment: names(), End: true };
        const Choices = rules.map((rule, at) => ({ ...rule, Next: goesBack === 0 && at === 0 ? back : next }));
        return { Type: 'Choice', ...flow(depth), Choices, Default: next };
      },
    }));

const waitState = (language: Language): fc.Arbitrary<Plan> =>
  fc
    .constantFrom<Fields>(
      { Seconds: 0 },
      { Seconds: 7 },
      { Timestamp: '2026-01-01T00:00:30Z' },
      language === 'JSONPath' ? { SecondsPath: '$.n' } : { Seconds: '{% $states.input.n %}' },
      language === 'JSONPath' ? { TimestampPath: '$.text' } : { Timestamp: '{% $states.input.text %}' },
    )
    .map((until) => ({ ends: false, wire: ({ onward }) => ({ Type: 'Wait', ...until, ...onward }) }));

const parallelState = (language: Language, depth: number): fc.Arbitrary<Plan> =>
  fc
    .record({
      branches: fc.array(scopePlan(language, depth + 1), { minLength: 1, maxLength: 3 }),
      flow: flowOf(language, ['ResultPath', 'ResultSelector']),
      handlers: handlersOf(language),
    })
    .map(({ branches, flow, handlers }) => ({
      ends: false,
      wire: (place) => ({
        Type: 'Parallel',
        Branches: branches.map((plans) => wireScope(plans, place.names, place.depth + 1)),
        ...flow(place.depth),
        ...handlers(place),
        ...place.onward,
      }),
    }));

const mapState = (language: Language, depth: number): fc.Arbitrary<Plan> =>
  fc
    .record({
      processor: scopePlan(language, depth + 1),
      items: fc.constantFrom<Fields>(
        language === 'JSONPath' ? { ItemsPath: '$.items' } : { Items: '{% $states.input.items %}' },
        language === 'JSONPath' ? {} : { Items: [1, { a: 2 }, null] },
        language === 'JSONPath' ? { ItemsPath: '$.missing' } : { Items: '{% [] %}' },
      ),
      selector: fc.constantFrom<Fields>(
        {},
        language === 'JSONPath'
          ? { ItemSelector: { 'a.$': '$$.Map.Item.Value', 'n.$': '$$.Map.Item.Index', items: [] } }
          : { ItemSelector: { a: '{% $states.context.Map.Item.Value %}', n: 1, items: [1] } },
      ),
      concurrency: fc.constantFrom<Fields>({}, { MaxConcurrency: 1 }, { MaxConcurrency: 2 }),
      flow: flowOf(language, ['ResultPath', 'ResultSelector']),
      handlers: handlersOf(language),
    })
    .map(({ processor, items, selector, concurrency, flow, handlers }) => ({
      ends: false,
      wire: (place) => {
        const { Arguments: _, Parameters: __, ...rest } = flow(place.depth);
        const ItemProcessor = wireScope(processor, place.names, place.depth + 1);
        return {
          Type: 'Map',
          ItemProcessor,
          ...items,
          ...selector,
          ...concurrency,
          ...rest,
          ...handlers(place),
          ...place.onward,
        };
      },
    }));

/** What goes in and out of a state. A variable is named after the depth of its scope, so that none hides another. */
function flowOf(language: Language, own: readonly string[]): fc.Arbitrary<(depth: number) => Fields> {
  const sometimes = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 1 });
  const given = (fields: Fields): Fields =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  if (language === 'JSONata')
    return fc.record({ Output: sometimes(expressions), assigned: sometimes(expressions) }).map(
      ({ Output, assigned }) =>
        (depth) =>
          given({ Output, Assign: assigned === undefined ? undefined : { [`v${depth}`]: assigned } }),
    );
  const template = paths.map((path) => ({ 'of.$': path, items: [1, 2], n: 2, 'constructor.$': '$' }));
  return fc
    .record({
      InputPath: sometimes(fc.constantFrom('$', '$.a', null)),
      OutputPath: sometimes(fc.constantFrom('$', '$.a', null)),
      ResultPath: sometimes(fc.constantFrom('$', '$.a', '$.__proto__.b', null)),
      ResultSelector: sometimes(template),
      assigned: sometimes(paths),
    })
    .map(
      ({ assigned, ResultPath, ResultSelector, ...io }) =>
        (depth) =>
          given({
            ...io,
            ...Object.fromEntries(
              Object.entries({ ResultPath, ResultSelector }).filter(([name]) => own.includes(name)),
            ),
            Assign: assigned === undefined ? undefined : { [`v${depth}.$`]: assigned },
          }),
    );
}

const errorNames = fc.constantFrom('E.One', 'E.Two', 'States.TaskFailed', 'States.Timeout', 'States.Runtime');

function handlersOf(language: Language): fc.Arbitrary<(place: Place) => Fields> {
  const retrier = fc.record({
    ErrorEquals: fc.uniqueArray(errorNames, { minLength: 1, maxLength: 2 }),
    IntervalSeconds: fc.integer({ min: 1, max: 4 }),
    MaxAttempts: fc.integer({ min: 0, max: 2 }),
    BackoffRate: fc.constantFrom(1, 1.5, 2),
    JitterStrategy: fc.constantFrom('FULL', 'NONE'),
  });
  const all = fc.record({ ErrorEquals: fc.constant(['States.ALL']), MaxAttempts: fc.integer({ min: 0, max: 2 }) });
  const catcher = fc.record({
    ErrorEquals: fc.oneof(fc.uniqueArray(errorNames, { minLength: 1, maxLength: 2 })),
    more:
      language === 'JSONPath'
        ? fc.constantFrom<Fields>({}, { ResultPath: '$.error' }, { ResultPath: null })
        : fc.constantFrom<Fields>({}, { Output: '{% $states.errorOutput %}' }, { Output: '{% $states.input %}' }),
  });
  return fc
    .record({
      retry: fc.tuple(fc.array(retrier, { maxLength: 2 }), fc.option(all, { freq: 2 })),
      catches: fc.array(catcher, { maxLength: 2 }),
      catchesAll: fc.boolean(),
    })
    .map(({ retry: [some, last], catches, catchesAll }) => ({ onward, next }) => {
      const isLast = 'End' in onward; // then there is nowhere to go
      const Catch = [
        ...catches.map(({ ErrorEquals, more }) => ({ ErrorEquals, ...more, Next: next })),
        ...(catchesAll ? [{ ErrorEquals: ['States.ALL'], Next: next }] : []),
      ];
      return { Retry: [...some, ...(last === null ? [] : [last])], ...(isLast ? {} : { Catch }) };
    });
}
