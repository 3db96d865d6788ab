import { type Count, type Tally, count } from './tally.ts';
import type { Judgement } from './verdicts.ts';
import { type Sample, type Weight, weightsBySecond } from './weights.ts';

/** An act as it is announced. */
export interface Act {
  readonly number: number;
  readonly title: string;
  readonly version: string;
  /** Share of its requests that the release fails, 0–1. */
  readonly errorRate: number;
  readonly shouldEnd: 'promoted' | 'taken-back';
  /** The host is killed while the new release has a part of the traffic. */
  readonly killsHost: boolean;
}

/** What was seen of an act while it was played. Instants are milliseconds since 1970. */
export interface PlayedAct extends Act {
  readonly from: number;
  readonly to: number;
  readonly executionArn: string;
  /** As the ledger has it: `promoted`, `taken-back` …; null when it ended without a record. */
  readonly ended: string | null;
  /** Which version the router sends everything to at the end; null when it is split. */
  readonly servedAtEnd: string | null;
  readonly hostDead: { readonly from: number; readonly to: number; readonly atPercent: number } | null;
  readonly samples: readonly Sample[];
  readonly judgement: Judgement;
}

/** A finished act as it is reported. */
export interface ActReport extends Omit<PlayedAct, 'samples'> {
  readonly weights: readonly Weight[];
  readonly traffic: Count;
  /** By the version that answered; null for requests that no release answered. */
  readonly byVersion: readonly (Count & { readonly version: string | null })[];
  /** Requests sent while the host was dead. */
  readonly whileHostDead: Count;
}

/** One thing the demo promises, and what was found. */
export interface Check {
  readonly promise: string;
  readonly found: string;
  readonly kept: boolean;
}

/** `.pointsman/demo-report.json`. */
export interface DemoReport {
  readonly passed: boolean;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly requestsPerSecond: number;
  readonly traffic: Count;
  readonly acts: readonly ActReport[];
  readonly checks: readonly Check[];
}

const failuresAllowedInBadRelease = 25;
const secondsAllowed = 90;

/** Puts together what was seen. Pure. `planned` acts that are missing in `played` break their promises. */
export function demoReport(
  run: Pick<DemoReport, 'from' | 'to' | 'requestsPerSecond'>,
  planned: readonly Act[],
  played: readonly PlayedAct[],
  tallies: readonly Tally[],
): DemoReport {
  const acts = played.map((act) => actReport(act, tallies));
  const checks = [
    ...planned.flatMap((act) =>
      checksOf(
        act,
        acts.find(({ number }) => number === act.number),
        acts,
      ),
    ),
    {
      promise: `all of it takes at most ${secondsAllowed} s`,
      found: `${seconds(run.to - run.from)} s`,
      kept: run.to - run.from <= secondsAllowed * 1000,
    },
  ];
  return { passed: checks.every(({ kept }) => kept), ...run, traffic: count(tallies), acts, checks };
}

function actReport({ samples, ...act }: PlayedAct, all: readonly Tally[]): ActReport {
  const tallies = all.filter((tally) => tally.act === act.number);
  const versions = [...new Set(tallies.map(({ version }) => version))];
  const byVersion = versions.map((version) => ({
    version,
    ...count(tallies.filter((tally) => tally.version === version)),
  }));
  return {
    ...act,
    weights: weightsBySecond(act, samples, tallies),
    traffic: count(tallies),
    byVersion: byVersion.sort((a, b) => (a.version ?? '~').localeCompare(b.version ?? '~')),
    whileHostDead: count(tallies.filter(({ hostAlive }) => !hostAlive)),
  };
}

function checksOf(act: Act, report: ActReport | undefined, acts: readonly ActReport[]): Check[] {
  const name = `act ${act.number}`;
  if (report === undefined) return [{ promise: `${name} is played to its end`, found: 'it was not', kept: false }];
  const bad = act.shouldEnd === 'taken-back';
  const allowed = bad ? failuresAllowedInBadRelease : 0;
  const { requests, failures } = report.traffic;
  const served = bad
    ? (acts.findLast(({ number, ended }) => number < act.number && ended === 'promoted')?.version ?? null)
    : act.version;
  const dead = report.whileHostDead;
  return [
    {
      promise: `${name}: ${act.version} is ${act.shouldEnd}`,
      found: report.ended ?? 'no record',
      kept: report.ended === act.shouldEnd,
    },
    {
      promise: `${name}: ${served ?? 'stable'} has 100 % of the traffic at the end`,
      found: report.servedAtEnd === null ? 'it is split' : `${report.servedAtEnd} has it`,
      kept: served !== null && report.servedAtEnd === served,
    },
    {
      promise: `${name}: ${allowed === 0 ? 'no request fails' : `at most ${allowed} requests fail`}`,
      found: `${failures} of ${requests}`,
      kept: requests > 0 && failures <= allowed,
    },
    ...(act.killsHost
      ? [
          {
            promise: `${name}: no request is lost while the host is dead`,
            found: `${dead.failures} of ${dead.requests} in ${seconds(report.hostDead ? report.hostDead.to - report.hostDead.from : 0)} s`,
            kept: dead.requests > 0 && dead.failures === 0,
          },
        ]
      : []),
  ];
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
