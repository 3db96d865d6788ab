import type { RecoveryRun } from '../../../../functions/ports/recovery/recovery-runs.ts';
import type { LostRow, LostWrites } from '../../../../functions/ports/recovery/replicated-store.ts';
import { type Html, html, page } from './html.ts';
import { timelineOf } from './timeline.ts';

/** Rows of the ledger that a page shows; the JSON has all that were recorded. */
const rowsShown = 500;

/**
 * What became of a run, as one HTML page without scripts or outside parts: to be mailed, printed, and kept with the
 * incident. Everything from outside is escaped.
 */
export function reportPage(run: RecoveryRun): string {
  const title = `${run.kind} of ${run.group}: ${run.outcome}`;
  return page(
    title,
    html`<header class="${run.outcome}">
        <h1>${title}</h1>
        <p>${run.reason}</p>
        <p class="quiet">${moment(run.startedAt)} – ${moment(run.endedAt)}, ${seconds(run.endedAt - run.startedAt)}${route(run)}</p>
      </header>
      ${objectives(run)} ${timeline(run)} ${decisions(run)} ${fences(run)} ${run.lost === null ? '' : ledger(run.lost)}
      ${details(run)}
      <footer class="quiet">
        <p>${run.execution}</p>
        <p>epoch ${run.epoch}${run.planVersion === '' ? '' : `, plan ${run.planVersion}`}</p>
      </footer>`,
  );
}

const route = ({ from, to }: RecoveryRun): string => (from && to ? `, from ${from} to ${to}` : '');

function objectives({ rtoSeconds, rpo }: RecoveryRun): Html | '' {
  if (rtoSeconds === null && rpo === null) return '';
  const rto =
    rtoSeconds &&
    row(
      'Time without the store (RTO)',
      `${rtoSeconds.planned} s`,
      known(rtoSeconds.actual, (s) => `${s.toFixed(2)} s`),
    );
  const loss = rpo && [
    known(rpo.lostRows, (n) => `${n} rows`),
    known(rpo.lostCommits, (n) => `${n} commits`),
    known(rpo.lostBytes, (n) => `${n} bytes`),
  ];
  return html`<section>
    <h2>Planned and actual</h2>
    <table>
      <tr><th></th><th>planned, at most</th><th>actual</th></tr>
      ${rto ?? ''} ${loss && rpo ? row('Lost (RPO)', `${rpo.plannedSeconds} s`, loss.join(', ')) : ''}
    </table>
  </section>`;
}

const row = (name: string, planned: string, actual: string): Html =>
  html`<tr><th>${name}</th><td>${planned}</td><td>${actual}</td></tr>`;

const known = <T>(value: T | null, text: (value: T) => string): string => (value === null ? 'not known' : text(value));

function timeline(run: RecoveryRun): Html | '' {
  const points = timelineOf(run);
  if (points.length === 0) return '';
  const total = Math.max(1, points.at(-1)?.afterMs ?? 1);
  return html`<section>
    <h2>Timeline</h2>
    <table>
      <tr><th></th><th>moment</th><th>at (UTC)</th><th>after t0</th><th>this step</th><th class="bar"></th></tr>
      ${points.map(
        ({ number, label, at, afterMs, stepMs }) =>
          html`<tr>
            <th>${number}</th><td>${label}</td><td>${moment(at)}</td><td>${seconds(afterMs)}</td><td>${seconds(stepMs)}</td>
            <td class="bar"><i style="margin-left:${percent(afterMs - stepMs, total)};width:${percent(stepMs, total)}"></i></td>
          </tr>`,
      )}
    </table>
  </section>`;
}

function decisions({ approvals, overrides, token }: RecoveryRun): Html | '' {
  if (approvals.length + overrides.length === 0 && token === null) return '';
  return html`<section>
    <h2>Decisions</h2>
    <ul>
      ${approvals.map((line) => html`<li>approved by ${line}</li>`)}
      ${overrides.map((line) => html`<li class="warn">set aside: ${line}</li>`)}
      ${token === null ? '' : html`<li>switchover token of ${token.site}: ended at ${token.end.branch}/${token.end.offset}</li>`}
    </ul>
  </section>`;
}

function fences({ fences: tried }: RecoveryRun): Html | '' {
  if (tried.length === 0) return '';
  return html`<section>
    <h2>Fence</h2>
    <table>
      <tr><th>rung</th><th>confirmed</th><th>seen</th></tr>
      ${tried.map(
        ({ level, confirmed, evidence }) =>
          html`<tr><th>${level}</th><td>${confirmed ? 'yes' : 'no'}</td><td>${evidence}</td></tr>`,
      )}
    </table>
  </section>`;
}

function ledger({ rows, rowCount, commits, bytes, fork, end, quarantine, truncated }: LostWrites): Html {
  const tables = [...new Set(rows.map(({ table }) => table))];
  const shown = rows.slice(0, rowsShown);
  return html`<section>
    <h2>Lost writes: ${rowCount} rows in ${commits.length} commits</h2>
    <p>
      Between ${fork.branch}/${fork.offset} and ${end.branch}/${end.offset}, ${bytes} bytes, that the old side had
      acknowledged and the new side never had. The old data lies untouched: ${quarantine}
    </p>
    ${tables.map((table) =>
      lostTable(
        table,
        shown.filter((lost) => lost.table === table),
      ),
    )}
    ${truncated || rows.length > rowsShown ? html`<p class="warn">The page shows ${shown.length} of ${rowCount} rows.</p>` : ''}
  </section>`;
}

function lostTable(table: string, rows: readonly LostRow[]): Html {
  const columns = [...new Set(rows.flatMap(({ row: lost }) => Object.keys(lost)))];
  return html`<h3>${table}</h3>
    <table>
      <tr><th>change</th>${columns.map((column) => html`<th>${column}</th>`)}</tr>
      ${rows.map(
        ({ change, row: lost }) =>
          html`<tr><td>${change}</td>${columns.map((column) => html`<td>${text(lost[column])}</td>`)}</tr>`,
      )}
    </table>`;
}

function details({ details: all }: RecoveryRun): Html | '' {
  if (Object.keys(all).length === 0) return '';
  return html`<section>
    <h2>Details</h2>
    <pre>${JSON.stringify(all, null, 2)}</pre>
  </section>`;
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
const moment = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('Z', '');
const seconds = (ms: number): string => (ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
const percent = (part: number, total: number): string => `${((100 * part) / total).toFixed(2)}%`;
