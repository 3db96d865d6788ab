import type { ServiceStatus } from '../../adapters/local/host/service-status.ts';

/** What serves a service, in short. */
export const serving = ({ stable, candidate, route, instances }: ServiceStatus) => ({
  stable,
  candidate,
  served: route.stable?.release,
  candidatePercent: route.candidatePercent,
  instances: instances.map(({ release, phase }) => ({ release, phase })),
});

/** `serving` of a service whose only instance runs this release, and nothing else is there. */
export const servesOnly = (release: string): ReturnType<typeof serving> => ({
  stable: release,
  candidate: null,
  served: release,
  candidatePercent: 0,
  instances: [{ release, phase: 'ready' }],
});
