import * as z from 'zod/mini';

/** The modes that a group is watched for. */
const modes = ['switchover', 'failover'] as const;
type Mode = (typeof modes)[number];

/** What `check-readiness` found, as far as the watch reads it; the rest is kept as it came. */
const readiness = z.looseObject({
  verdict: z.string(),
  checks: z.array(z.looseObject({ name: z.string(), status: z.string(), evidence: z.string() })),
  forecast: z.looseObject({ seconds: z.nullable(z.number()), text: z.string() }),
  plan: z.looseObject({ objectives: z.looseObject({ rtoSeconds: z.number() }) }),
});
type Readiness = z.output<typeof readiness>;

/** The newest look at a group, by mode. */
/** What was found, and when it was looked for, milliseconds since 1970. */
export type KeptReadiness = Readonly<Record<Mode, Readiness>> & { readonly at: number };

export interface ReadinessWatch {
  /** null before the first look. */
  latest(group: string): KeptReadiness | null;
  /** Looks at every group now; looks never overlap. */
  round(): Promise<void>;
  stop(): Promise<void>;
}

interface ReadinessWatchOptions {
  readonly groups: () => Promise<readonly string[]>;
  readonly check: (input: { readonly group: string; readonly mode: Mode }) => Promise<unknown>;
  /** Told when a check begins or ceases to fail, and when what it would take passes the objective. */
  readonly tell: (line: string, isGood: boolean) => void;
  readonly now: () => number;
  /** Default 30,000. */
  readonly everyMs?: number;
}

/**
 * Asks again and again what a person would ask before a failover, so that what would stand in its way is known before the
 * day on which it is needed.
 */
export function watchReadiness({ groups, check, tell, now, everyMs = 30_000 }: ReadinessWatchOptions): ReadinessWatch {
  const kept = new Map<string, KeptReadiness>();
  let inHand: Promise<void> = Promise.resolve();

  async function look(group: string): Promise<void> {
    const found = async (mode: Mode) => readiness.parse(await check({ group, mode }));
    const looked = { at: now(), switchover: await found('switchover'), failover: await found('failover') };
    const before = kept.get(group);
    kept.set(group, looked);
    for (const mode of modes)
      for (const news of newsOf(before?.[mode], looked[mode])) tell(`${group}: ${mode}: ${news.line}`, news.isGood);
  }

  async function round(): Promise<void> {
    for (const group of await groups())
      await look(group).catch((thrown: unknown) => tell(`${group} cannot be looked at: ${String(thrown)}`, false));
  }
  const again = () => (inHand = inHand.then(round));
  const timer = setInterval(() => void again(), everyMs).unref();
  return {
    latest: (group) => kept.get(group) ?? null,
    round: again,
    async stop() {
      clearInterval(timer);
      await inHand;
    },
  };
}

/** Of a group that is well nobody has lost the primary, and that is no news. */
const onlyWhenLost = 'primary-lost';

function newsOf(
  before: Readiness | undefined,
  now: Readiness,
): readonly { readonly line: string; readonly isGood: boolean }[] {
  const failing = (look: Readiness | undefined) =>
    new Map(
      look?.checks.flatMap(({ name, status, evidence }) =>
        status === 'fail' && name !== onlyWhenLost ? [[name, evidence] as const] : [],
      ),
    );
  const [were, are] = [failing(before), failing(now)];
  const begun = [...are].filter(([name]) => !were.has(name));
  const ceased = [...were].filter(([name]) => !are.has(name));
  const late = isLate(now) && (before === undefined || !isLate(before));
  return [
    ...begun.map(([name, evidence]) => ({ line: `${name} fails: ${evidence}`, isGood: false })),
    ...ceased.map(([name]) => ({ line: `${name} is well again`, isGood: true })),
    ...(late ? [{ line: `${now.forecast.text}; planned are ${now.plan.objectives.rtoSeconds} s`, isGood: false }] : []),
  ];
}

const isLate = ({ forecast, plan }: Readiness): boolean =>
  forecast.seconds !== null && forecast.seconds > plan.objectives.rtoSeconds;
