import type { Session } from '../session.ts';
import { githubView } from './github-view.ts';
import { logView } from './log-view.ts';
import { terminalView } from './terminal-view.ts';
import type { View } from './view.ts';

/** The view for where stderr goes; none with `--quiet`. `title` names what is watched. */
export function chooseView(title: string, { io, out, settings }: Session): View {
  if (settings.quiet) return { show: () => undefined, remark: () => undefined, end: () => undefined };
  if (io.env['GITHUB_ACTIONS'] === 'true') return githubView(title, io, out);
  return redraws(io) ? terminalView(io, out) : logView(io, out);
}

/** True for a terminal that can move its cursor. */
export const redraws = ({ stderr, env }: Session['io']): boolean =>
  stderr.isTty && env['TERM'] !== 'dumb' && env['GITHUB_ACTIONS'] !== 'true';
