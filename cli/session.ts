import { type Client, createClient } from './client/client.ts';
import { sender } from './client/http.ts';
import type { Io } from './io.ts';
import { createOut, type Out } from './out.ts';
import { type GlobalOptions, readSettings, type Settings } from './settings.ts';

/** What a command works with, beside its own arguments. */
export interface Session {
  readonly io: Io;
  readonly settings: Settings;
  readonly out: Out;
  readonly client: Client;
}

/** Nothing is sent before the command sends it. */
export async function openSession(options: GlobalOptions, io: Io): Promise<Session> {
  const settings = await readSettings(options, io);
  const out = createOut(io, settings);
  out.note(`endpoint ${settings.endpoint} (${settings.origin})`);
  return { io, settings, out, client: createClient(sender(settings.endpoint, io, out.note)) };
}
