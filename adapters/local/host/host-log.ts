import { type Logger, pino } from 'pino';

/** Standard error, so that standard output stays the answer. Written at once: no transport that could lose the last lines. */
export function hostLog(form: 'pretty' | 'json'): Logger {
  const json = { base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime };
  return form === 'json'
    ? pino(json, pino.destination({ fd: 2, sync: true }))
    : pino({ base: null }, { write: (line: string) => void process.stderr.write(readable(line)) });
}

const LEVELS: Readonly<Record<number, string>> = { 30: 'info ', 40: 'warn ', 50: 'error', 60: 'fatal' };

/** `12:00:03 info  listening  url=http://127.0.0.1:7400` */
function readable(line: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line);
  const details = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const stack = err?.stack === undefined ? '' : `\n${err.stack}`;
  return `${new Date(time).toISOString().slice(11, 19)} ${LEVELS[level] ?? level} ${msg}  ${details.join(' ')}${stack}\n`;
}
