import type { IncomingMessage, RequestListener } from 'node:http';
import * as z from 'zod/mini';
import { StepFailure } from '../../../functions/step-failure.ts';
import { readRouteChange } from './route-shapes.ts';
import { listenerShape as endpointListenerShape, wantedShape } from './endpoint/endpoint-shapes.ts';
import type { Endpoints } from './endpoint/endpoints.ts';
import type { Router } from './router.ts';

/**
 * The router's control API: JSON over HTTP, for this machine only.
 *
 * - `GET /health` → `{"status":"ok","pid"}`
 * - `GET /services` → `{"urls":{"<service>":"http://127.0.0.1:<port>"}}`
 * - `PUT /services/<service>/listener` `{"port"}` → `{"url"}`
 * - `GET /services/<service>/route` → Route
 * - `PUT /services/<service>/route` `{"expectedVersion","epoch","route"}` → Route
 * - `GET /services/<service>/counters` → ReleaseCounters[]
 * - `DELETE /services/<service>/route` → `{}`
 * - `GET /endpoints` → `{"ports":{"<group>":<port>}}`
 * - `PUT /endpoints/<group>/listener` EndpointListener → `{"port"}`
 * - `GET /endpoints/<group>/state` → EndpointState
 * - `PUT /endpoints/<group>/state` `{"expectedVersion","epoch","wanted"}` → EndpointState
 * - `DELETE /endpoints/<group>/state` → `{}`
 *
 * A failure answers 4xx or 500 with `{"error":{"name","message"}}`; the name is the StepFailure's.
 * @param authorization what every call's Authorization header must be; undefined when the socket's mode guards it
 */
export function controlApi(router: Router, endpoints: Endpoints, authorization: string | undefined): RequestListener {
  return (req, res) => {
    const reply = (status: number, value: unknown) => {
      const body = JSON.stringify(value);
      res
        .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body);
    };
    if (authorization !== undefined && req.headers.authorization !== authorization)
      return reply(
        401,
        failure('Pointsman.RouterUnreachable', 'the token is wrong; it is in control.json of the router'),
      );
    answer(router, endpoints, req).then(
      (value) => reply(200, value),
      (thrown: unknown) =>
        thrown instanceof StepFailure
          ? reply(409, failure(thrown.name, thrown.message))
          : reply(500, failure('Pointsman.RouterFailed', String(thrown))),
    );
  };
}

async function answer(router: Router, endpoints: Endpoints, req: IncomingMessage): Promise<unknown> {
  const { method, url = '/' } = req;
  if (method === 'GET' && url === '/health') return { status: 'ok', pid: process.pid };
  if (method === 'GET' && url === '/services') return { urls: Object.fromEntries(router.urls()) };
  if (method === 'GET' && url === '/endpoints') return { ports: Object.fromEntries(endpoints.ports()) };
  const [, kind, name, part] = /^\/(services|endpoints)\/([a-z0-9-]{1,60})\/([a-z]+)$/.exec(url) ?? [];
  if (name === undefined) throw badCall(`${method} ${url} is not known; a name is 1–60 of a–z, 0–9 and -`);
  return kind === 'services'
    ? answerService(router, name, `${method} ${part}`, req)
    : answerEndpoint(endpoints, name, `${method} ${part}`, req);
}

async function answerService(router: Router, service: string, call: string, req: IncomingMessage): Promise<unknown> {
  switch (call) {
    case 'GET route':
      return router.observe(service);
    case 'GET counters':
      return router.counters(service);
    case 'PUT route': {
      const { expectedVersion, epoch, route } = readBody(changeShape, await bodyOf(req));
      return router.change(service, expectedVersion, epoch, readBody(routeShape, route));
    }
    case 'DELETE route':
      await router.forget(service);
      return {};
    case 'PUT listener':
      return { url: await router.publish(service, readBody(listenerShape, await bodyOf(req)).port) };
    default:
      throw badCall(`${call} of a service is not known`);
  }
}

async function answerEndpoint(endpoints: Endpoints, group: string, call: string, req: IncomingMessage) {
  switch (call) {
    case 'GET state':
      return endpoints.observe(group);
    case 'PUT state': {
      const { expectedVersion, epoch, wanted } = readBody(endpointChangeShape, await bodyOf(req));
      return endpoints.change(group, expectedVersion, epoch, { site: wanted.site, sessions: wanted.sessions });
    }
    case 'DELETE state':
      await endpoints.forget(group);
      return {};
    case 'PUT listener':
      return { port: await endpoints.publish(group, readBody(endpointListenerShape, await bodyOf(req))) };
    default:
      throw badCall(`${call} of an endpoint is not known`);
  }
}

const changeShape = z.object({ expectedVersion: z.number(), epoch: z.number(), route: z.unknown() });
const endpointChangeShape = z.object({ expectedVersion: z.number(), epoch: z.number(), wanted: wantedShape });
const listenerShape = z.object({ port: z.int().check(z.minimum(0), z.maximum(65_535)) });
const routeShape = { parse: readRouteChange };

const longestBody = 1_048_576;

async function bodyOf(req: IncomingMessage): Promise<unknown> {
  let text = '';
  req.setEncoding('utf8');
  for await (const chunk of req) {
    text += String(chunk);
    if (text.length > longestBody) throw badCall(`the body is longer than ${longestBody} characters`);
  }
  return readBody({ parse: (value) => JSON.parse(String(value)) as unknown }, text);
}

function readBody<T>(shape: { parse(raw: unknown): T }, raw: unknown): T {
  try {
    return shape.parse(raw);
  } catch (error) {
    throw badCall(`the body is not what the call takes: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const badCall = (message: string) => new StepFailure('Pointsman.BadRoute', message);
const failure = (name: string, message: string) => ({ error: { name, message } });
