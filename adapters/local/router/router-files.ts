import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { ReleaseCounters, Route } from '../../../functions/ports/traffic-router.ts';
import { readCounters, readRoute } from './route-shapes.ts';
import { writeWhole } from '../../shared/write-whole.ts';

/** What a router must know again after it died. */
interface StoredService {
  /** The public port it had; it is asked for again. */
  readonly port: number;
  readonly route: Route;
}

interface RouterFiles {
  /** By service name; empty when the folder is new. @throws Error naming the file when it cannot be understood */
  routes(): Promise<ReadonlyMap<string, StoredService>>;
  /** Resolves when the routes outlive a power loss. */
  saveRoutes(services: ReadonlyMap<string, StoredService>): Promise<void>;
  /** By service name; empty when there are none, or none that can be understood: counting may start anew. */
  counters(): Promise<ReadonlyMap<string, readonly ReleaseCounters[]>>;
  /** Resolves when the counters outlive the process; a power loss may cost the newest. */
  saveCounters(counters: ReadonlyMap<string, readonly ReleaseCounters[]>): Promise<void>;
}

/** The router's memory: `routes.json` and `counters.json` in its folder. */
export function routerFiles(folder: string): RouterFiles {
  const routesPath = join(folder, 'routes.json');
  const countersPath = join(folder, 'counters.json');
  let savedCounters = '';
  return {
    async routes() {
      const text = await readIfThere(routesPath);
      if (text === undefined) return new Map();
      try {
        const { services } = routesShape.parse(JSON.parse(text));
        return mapValues(services, ({ port, route }) => ({ port, route: readRoute(route) }));
      } catch (error) {
        throw new Error(`${routesPath} is no file of routes; put it right, or move it away to start without routes`, {
          cause: error,
        });
      }
    },
    saveRoutes: (services) =>
      writeWhole(routesPath, `${JSON.stringify({ format: 1, services: Object.fromEntries(services) })}\n`, true),
    async counters() {
      try {
        const text = await readIfThere(countersPath);
        savedCounters = text ?? '';
        return text === undefined ? new Map() : mapValues(countersShape.parse(JSON.parse(text)).services, readCounters);
      } catch {
        return new Map();
      }
    },
    async saveCounters(counters) {
      const text = `${JSON.stringify({ format: 1, services: Object.fromEntries(counters) })}\n`;
      if (text === savedCounters) return; // an idle router leaves the disk alone
      await writeWhole(countersPath, text, false);
      savedCounters = text;
    },
  };
}

const routesShape = z.object({
  format: z.literal(1),
  services: z.record(z.string(), z.object({ port: z.number(), route: z.unknown() })),
});
const countersShape = z.object({ format: z.literal(1), services: z.record(z.string(), z.unknown()) });

const mapValues = <A, B>(record: Readonly<Record<string, A>>, give: (value: A) => B): Map<string, B> =>
  new Map(Object.entries(record).map(([key, value]) => [key, give(value)]));

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
