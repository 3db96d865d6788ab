import * as z from 'zod/mini';
import { callRouter } from './call-router.ts';
import type { RouterControl } from './router-control.ts';

/**
 * Opens the service's public port on 127.0.0.1, or moves it there; `port` 0 keeps what it has, or takes any. Safe to repeat.
 * @returns the public URL: `http://127.0.0.1:8080`
 * @throws StepFailure `Pointsman.PortTaken`, `Pointsman.RouterUnreachable`
 */
export async function publishService(control: RouterControl, service: string, port: number): Promise<string> {
  const path = `/services/${encodeURIComponent(service)}/listener`;
  return z.object({ url: z.string() }).parse(await callRouter(control, { method: 'PUT', path, body: { port } })).url;
}

/** Public URLs of all published services, by name. @throws StepFailure `Pointsman.RouterUnreachable` */
export async function publicUrls(control: RouterControl): Promise<ReadonlyMap<string, string>> {
  const { urls } = urlsShape.parse(await callRouter(control, { method: 'GET', path: '/services' }));
  return new Map(Object.entries(urls));
}

const urlsShape = z.object({ urls: z.record(z.string(), z.string()) });
