import { stringify } from 'yaml';

/** Services by name, each with what it wants otherwise than usual. */
export type QuickServices = Readonly<Record<string, QuickService>>;

interface QuickService {
  /** Default 1. */
  readonly instances?: number;
  /** Default 20. */
  readonly readinessTimeoutSeconds?: number;
}

/**
 * A `pointsman.yaml` whose rollouts last a few seconds: one step of 50 %, judged every second, and a dozen good answers are
 * enough. Slow answers count for nothing: a busy machine gives them.
 */
export const quickConfiguration = (services: QuickServices, more: object = {}): string =>
  stringify({
    services: Object.fromEntries(Object.entries(services).map(([name, own]) => [name, service(own)])),
    ...more,
  });

const service = ({ instances = 1, readinessTimeoutSeconds = 20 }: QuickService) => ({
  target: { instances, readinessTimeoutSeconds, drainSeconds: 3 },
  canary: { steps: [50], tickSeconds: 1, minSecondsPerStep: 1, toleratedErrorRate: 0.3, slowFloorMs: 30_000 },
});
