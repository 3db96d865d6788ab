import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { isChange, perform } from './rds-actions.ts';
import { RdsFault, type RdsModel } from './rds-model.ts';
import { asXml, faultXml } from './rds-xml.ts';

type Trouble = 'throttle' | 'lose' | 'drop' | { readonly code: string };

/** What a test can do to the wire. */
export interface FakeRds {
  readonly url: string;
  /** The next call of this action is answered by throttling, and does nothing. */
  throttle(action: string): void;
  /** The next call of this action has its effect, and its answer is lost. */
  loseAnswer(action: string): void;
  /** The next call of this action never arrives: no effect, no answer. */
  drop(action: string): void;
  /** The next call of this action is refused with this code. */
  refuse(action: string, code: string): void;
  /** A region that does not answer, until told otherwise. */
  silence(region: string, isSilent: boolean): void;
  /** Of every action the first answer is lost, and every seventh change is throttled: by order, not by chance. */
  trouble(isOn: boolean): void;
  /** How often each action had its effect. */
  readonly done: Map<string, number>;
  stop(): Promise<void>;
}

/**
 * A strict fake of Amazon RDS behind its real wire protocol (AWS Query, XML answers), for every region of one account: the
 * region is the one a request is signed for. IT IS A MODEL made from the documentation: transitions take time on a test clock
 * that each request moves by 1.5 s, statuses stay as they were right after a call, tags and what was made show late, an unknown action or a
 * state that does not allow a call is refused as the platform names it.
 */
export async function startFakeRds(model: RdsModel): Promise<FakeRds> {
  const planned = new Map<string, Trouble[]>();
  const silent = new Set<string>();
  const done = new Map<string, number>();
  const lost = new Set<string>();
  let troubled = false;
  let changes = 0;

  const plan = (action: string, what: Trouble) => void planned.set(action, [...(planned.get(action) ?? []), what]);

  function troubleFor(action: string): Trouble | undefined {
    const [next, ...rest] = planned.get(action) ?? [];
    if (next !== undefined) planned.set(action, rest);
    if (next !== undefined || !troubled || !isChange(action)) return next;
    changes++;
    if (changes % 7 === 0) return 'throttle';
    if (lost.has(action)) return undefined;
    lost.add(action);
    return 'lose';
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const part of request) body += String(part);
    const form = new URLSearchParams(body);
    const action = form.get('Action') ?? '';
    const region = /Credential=[^/]+\/\d+\/([^/]+)\/rds\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (silent.has(region)) return void request.socket.destroy();
    const trouble = troubleFor(action);
    if (trouble === 'drop') return void request.socket.destroy();
    model.clock.advance(1500);
    model.settle();
    await turn();
    try {
      if (form.get('Version') !== '2014-10-31') throw new RdsFault('InvalidAction', 'another version of the API');
      if (trouble === 'throttle') throw new RdsFault('Throttling', 'Rate exceeded');
      if (typeof trouble === 'object') throw new RdsFault(trouble.code, 'as the test wants it');
      const result = perform(model, action, region, form);
      model.settle();
      done.set(action, (done.get(action) ?? 0) + 1);
      if (trouble === 'lose') return void request.socket.destroy();
      send(response, 200, asXml(action, result));
    } catch (thrown) {
      if (!(thrown instanceof RdsFault)) throw thrown;
      send(response, thrown.status, faultXml(thrown.name, thrown.message));
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((thrown: unknown) =>
      send(response, 500, faultXml('InternalFailure', String(thrown))),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    throttle: (action) => plan(action, 'throttle'),
    loseAnswer: (action) => plan(action, 'lose'),
    drop: (action) => plan(action, 'drop'),
    refuse: (action, code) => plan(action, { code }),
    silence: (region, isSilent) => void (isSilent ? silent.add(region) : silent.delete(region)),
    trouble(isOn) {
      troubled = isOn;
    },
    done,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(xml);
}
