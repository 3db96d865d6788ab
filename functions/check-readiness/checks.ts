import type { SiteState } from '../ports/recovery/replicated-store.ts';
import type { Facts } from './facts.ts';
import type { Check } from './readiness.ts';
import { isLost, signalsOf } from './signals.ts';

type Answer = Omit<Check, 'name' | 'ageSeconds'> & { readonly ageSeconds?: number };

const pass = (evidence: string): Answer => ({ status: 'pass', evidence });
const warn = (evidence: string): Answer => ({ status: 'warn', evidence });
const fail = (evidence: string): Answer => ({ status: 'fail', evidence });
const unknown = (evidence: string): Answer => ({ status: 'unknown', evidence });

/** The pre-flight of docs on recovery, in the order in which people read it. Each question is asked in every mode it means something in. */
export function checksOf(facts: Facts): readonly Check[] {
  const isFailover = facts.mode === 'failover';
  const answers: readonly (readonly [string, Answer | undefined])[] = [
    ['primary', isFailover ? undefined : primary(facts)],
    ['primary-lost', isFailover ? primaryLost(facts) : undefined],
    ['one-primary', onePrimary(facts)],
    ['home', facts.mode === 'failback' ? home(facts) : undefined],
    ['candidate', facts.mode === 'failback' ? undefined : candidate(facts)],
    ['stream', isFailover || facts.mode === 'failback' ? undefined : stream(facts)],
    ['lag', facts.mode === 'failback' ? undefined : lag(facts)],
    ['lineage', facts.mode === 'failback' ? undefined : lineage(facts)],
    ['settings', facts.mode === 'failback' ? undefined : settings(facts)],
    ['dangers', dangers(facts)],
    ['endpoint', endpoint(facts)],
    ['proven-backup', provenBackup(facts)],
    ['other-runs', otherRuns(facts)],
  ];
  return answers.flatMap(([name, answer]) => (answer === undefined ? [] : [{ ageSeconds: 0, ...answer, name }]));
}

function primary({ primary: site }: Facts): Answer {
  if (site === undefined) return fail('no site is the primary');
  if (site.reach !== 'answers') return fail(`${site.site} is ${site.reach}: what is planned needs both sides`);
  // A run that got stuck leaves it frozen; the next one is the way out.
  return site.writes === 'accepted'
    ? pass(`${site.site} takes writes`)
    : warn(`${site.site} answers and takes no writes`);
}

function primaryLost(facts: Facts): Answer {
  const signals = signalsOf(facts);
  const seen = signals.map(({ evidence }) => evidence).join('; ');
  if (isLost(signals)) return pass(seen);
  const name = facts.primary?.site ?? 'the primary';
  return fail(
    `${signals.length} of 2 independent signs that ${name} is lost${seen && `: ${seen}`}; a person can vouch for it`,
  );
}

function onePrimary({ state }: Facts): Answer {
  const writing = state.sites.filter(({ role, writes }) => role === 'primary' && writes === 'accepted');
  if (writing.length <= 1) return pass('no two sites take writes');
  return fail(`${writing.map(({ site }) => site).join(' and ')} take writes side by side`);
}

function home({ plan, primary: site }: Facts): Answer {
  const [wanted] = plan.sites;
  return site?.site === wanted
    ? fail(`${wanted} is the primary already`)
    : pass(`${site?.site} is the primary, ${wanted} is home`);
}

function candidate({ to, candidates, state, primary: from }: Facts): Answer {
  const names = candidates.map(({ site }) => site);
  if (to !== null && !names.includes(to)) {
    const asked = state.sites.find(({ site }) => site === to);
    const found =
      asked === undefined
        ? 'is no site of the group'
        : to === from?.site
          ? 'is the primary'
          : `is a ${asked.role}, ${asked.reach}`;
    return fail(`${to} ${found}; able are: ${names.join(', ') || 'none'}`);
  }
  return names.length === 0 ? fail('no standby answers and holds the same data') : pass(`able: ${names.join(', ')}`);
}

const wanted = ({ to, candidates }: Facts): readonly SiteState[] =>
  candidates.filter(({ site }) => to === null || site === to);

function stream(facts: Facts): Answer {
  const flowing = wanted(facts).filter((site) => site.stream === 'flowing');
  return flowing.length === 0
    ? fail('no candidate gets changes')
    : pass(`changes flow to ${flowing.map(({ site }) => site).join(', ')}`);
}

function lag({ exposure, plan }: Facts): Answer {
  if (exposure === null) return unknown('while the primary does not answer, nothing tells what it had last');
  const { bytes, seconds, site } = exposure;
  const { rpoBytes, rpoSeconds } = plan.objectives;
  const words = `${site} lacks ${bytes} bytes, ${seconds.toFixed(1)} s; at most ${rpoBytes} bytes and ${rpoSeconds} s may be lost`;
  if (BigInt(bytes) <= BigInt(Math.floor(rpoBytes)) && seconds <= rpoSeconds) return pass(words);
  return warn(words); // what may be lost is for the approval to say
}

function lineage({ state }: Facts): Answer {
  const known = new Set(state.sites.flatMap(({ lineage: each }) => each ?? []));
  return known.size <= 1
    ? pass('every site holds the same data')
    : fail(`${known.size} lineages: ${[...known].join(', ')}`);
}

function settings({ primary: leader, candidates, mode }: Facts): Answer {
  const reference = leader?.reach === 'answers' ? leader : candidates[0];
  const differences = candidates.flatMap((site) =>
    Object.keys({ ...reference?.settings, ...site.settings }).flatMap((name) => {
      const [here, there] = [site.settings[name] ?? 'unset', reference?.settings[name] ?? 'unset'];
      return here === there ? [] : [`${name} is ${here} at ${site.site} and ${there} at ${reference?.site}`];
    }),
  );
  if (differences.length === 0) return pass('what must be alike is alike');
  return mode === 'failover' ? warn(differences.join('; ')) : fail(differences.join('; '));
}

function dangers({ state }: Facts): Answer {
  const all = state.sites.flatMap(({ site, warnings }) => warnings.map((warning) => `${site}: ${warning}`));
  return all.length === 0 ? pass('no site shows a danger') : warn(all.join('; '));
}

function endpoint({ endpoint: state, primary: site, mode }: Facts): Answer {
  if (state instanceof Error) return mode === 'failover' ? warn(state.message) : fail(state.message);
  const where = `it is ${state.sessions} and points to ${state.site ?? 'nowhere'}`;
  const isRight = state.site !== undefined && state.site === site?.site;
  if (isRight) return state.sessions === 'open' ? pass(where) : warn(where);
  return mode === 'failover' ? warn(where) : fail(`${where}, not to ${site?.site ?? 'a primary'}`);
}

function provenBackup({ backups, plan, now }: Facts): Answer {
  if (backups instanceof Error) return unknown(backups.message);
  const proven = Math.max(...backups.map(({ lastVerifiedAt }) => lastVerifiedAt ?? 0), 0);
  if (proven === 0) return warn('no backup was ever restored and found right');
  const ageSeconds = Math.max(0, (now - proven) / 1000);
  const hours = (ageSeconds / 3600).toFixed(1);
  const isFresh = ageSeconds <= plan.verifiedWithinHours * 3600;
  const words = `a restore was proven ${hours} h ago; wanted within ${plan.verifiedWithinHours} h`;
  return { ...(isFresh ? pass(words) : warn(words)), ageSeconds };
}

function otherRuns({ lease, backupLease, owner, now }: Facts): Answer {
  const isTaken = lease !== undefined && lease.owner !== owner && lease.expiresAt > now;
  if (isTaken) return fail(`${lease.owner} moves the group until ${new Date(lease.expiresAt).toISOString()} or longer`);
  if (backupLease !== undefined && backupLease.expiresAt > now) return warn(`${backupLease.owner} takes a backup`);
  return pass('nobody else moves the group or takes a backup');
}
