import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trafficRouterContract } from '../../../test/contracts/traffic-router.ts';
import { ensureRouter, stopRouter } from './ensure-router.ts';
import { localTrafficRouter } from './local-traffic-router.ts';
import { publicUrls } from './publish-service.ts';

trafficRouterContract({
  name: 'localTrafficRouter, with the real router process,',
  setup: async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), 'router-'));
    const { control } = await ensureRouter(dataFolder);
    return {
      dataFolder,
      router: localTrafficRouter(control),
      makeUnreachable: async () => void (await stopRouter(dataFolder)),
      publicUrl: async (service: string) => (await publicUrls(control)).get(service) ?? '',
    };
  },
  teardown: async ({ dataFolder }) => {
    await stopRouter(dataFolder);
    await rm(dataFolder, { recursive: true });
  },
});
