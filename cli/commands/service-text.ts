import type { ServiceStatus } from '../client/services.ts';
import { percentText } from '../history/function-words.ts';
import type { Line } from '../history/narrate.ts';
import type { Moment } from '../history/why-words.ts';
import { oneLine, shortened } from '../text/clean.ts';
import type { Paint } from '../text/paint.ts';
import { table, visibleWidth } from '../text/table.ts';
import { clockTime, dateTime, duration } from '../text/time.ts';

const releasesShown = 5;
/** Characters of a reason that are shown on the narrowest screen. */
const leastReason = 24;

/**
 * A service on a screen: who gets the traffic, what the rollout waits for, what was released before.
 * @param columns width of a screen; what made earlier rollouts end as they did is shortened to it
 */
export function serviceText(
  status: ServiceStatus,
  verdict: Line | undefined,
  moment: Moment,
  paint: Paint,
  columns: number,
): string {
  const head = `${paint('bold', oneLine(status.service))}  ${oneLine(status.url ?? 'no address yet')}`;
  const parts = [
    `${head}\n${armsTable(status, paint)}`,
    rolloutText(status, verdict, moment, paint),
    instancesText(status, paint),
    releasesText(status, moment, paint, columns),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function armsTable(status: ServiceStatus, paint: Paint): string {
  const { route, stable, candidate, instances, counters } = status;
  const row = (arm: string, digest: string | null | undefined, percent: number): string[] => {
    if (digest == null) return [`  ${arm}`, paint('dim', 'none')];
    const own = instances.filter(({ release }) => release === digest);
    const counted = counters.find(({ release }) => release === digest);
    return [
      `  ${arm}`,
      paint('bold', percentText(percent)),
      [imageOf(digest, status), shortDigest(digest)]
        .filter((each) => each !== undefined)
        .map(oneLine)
        .join(' '),
      `${own.filter(({ phase }) => phase === 'ready').length} of ${own.length} ready`,
      counted === undefined ? 'no requests yet' : countersText(counted),
    ];
  };
  // What is served and what the target runs may differ for a moment; the route is what people get.
  const served = route.stable?.release ?? stable;
  const candidateShare = route.candidate == null ? 0 : route.candidatePercent;
  return table([
    row('stable', served, served == null ? 0 : 100 - candidateShare),
    row('candidate', route.candidate?.release ?? candidate, candidateShare),
  ]);
}

/** What a release was asked for as: by the rollout that runs, else by the newest that recorded it. */
function imageOf(digest: string, { rollout, releases }: ServiceStatus): string | undefined {
  if (rollout?.release === digest && rollout.image != null) return rollout.image;
  return releases.find(({ release }) => release === digest)?.image;
}

function countersText({ requests, errors, abandoned }: ServiceStatus['counters'][number]): string {
  const share = requests === 0 ? '' : ` (${percentText((100 * errors) / requests)})`;
  const givenUp = abandoned === 0 ? '' : `, ${abandoned} given up by clients`;
  return `${requests} requests, ${errors} errors${share}${givenUp}`;
}

function rolloutText(
  { rollout, lease }: ServiceStatus,
  verdict: Line | undefined,
  moment: Moment,
  paint: Paint,
): string {
  if (rollout == null) {
    const held = lease != null && lease.expiresAt > moment.now ? `; the lease is held by ${oneLine(lease.owner)}` : '';
    return `No rollout runs${held}.`;
  }
  const ago = (at: number) => `since ${clockTime(at, moment.utcOffsetMinutes)} (${duration(moment.now - at)})`;
  const rows = [
    ['  runs', `${oneLine(rollout.executionArn)}, ${ago(rollout.startedAt)}`],
    ['  waits for', `${oneLine(rollout.waitingFor)}, ${ago(rollout.since)}`],
  ];
  if (verdict !== undefined) {
    const colour = verdict.level === 'good' ? 'green' : verdict.level === 'info' ? 'cyan' : 'yellow';
    rows.push([
      '  judge',
      `${paint(colour, verdict.text.trim())}, at ${clockTime(verdict.at, moment.utcOffsetMinutes)}`,
    ]);
  }
  return `${paint('bold', 'Rollout')}\n${table(rows)}`;
}

function instancesText({ instances }: ServiceStatus, paint: Paint): string {
  if (instances.length === 0) return '';
  const rows = instances.map((each) => {
    const phase = paint(each.phase === 'ready' ? 'green' : 'yellow', oneLine(each.phase));
    return [
      `  ${oneLine(each.id)}`,
      shortDigest(oneLine(each.release)),
      phase,
      oneLine(each.url),
      oneLine(each.detail),
    ];
  });
  const ailing = instances.filter(
    ({ phase, lastLogLines }) => (phase === 'starting' || phase === 'exited') && lastLogLines.length > 0,
  );
  const logs = ailing.flatMap(({ id, lastLogLines }) => [
    `  last lines of ${oneLine(id)}:`,
    ...lastLogLines.slice(-5).map((line) => `    | ${oneLine(line)}`),
  ]);
  return [paint('bold', 'Instances'), table(rows), ...logs].join('\n');
}

function releasesText({ releases }: ServiceStatus, moment: Moment, paint: Paint, columns: number): string {
  if (releases.length === 0) return '';
  const shown = releases.slice(0, releasesShown);
  const rows = shown.map(({ at, outcome, image, release }) => {
    const isGood = outcome === 'promoted' || outcome === 'unchanged';
    const when = dateTime(at, moment.utcOffsetMinutes);
    return [
      `  ${when}`,
      paint(isGood ? 'green' : 'yellow', oneLine(outcome)),
      oneLine(image),
      shortDigest(oneLine(release)),
    ];
  });
  const lines = table(rows)
    .split('\n')
    .map((line, i) => {
      const room = Math.max(leastReason, columns - visibleWidth(line) - 2);
      return `${line}  ${shortened(shown[i]?.reason ?? '', room)}`.trimEnd();
    });
  return [paint('bold', 'Releases'), ...lines].join('\n');
}

/** `sha256:` and 12 digits, enough to tell releases apart. */
const shortDigest = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);
