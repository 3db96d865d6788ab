import { stillWorking, type KeptSite } from '../kept-site.ts';

/** Ends the server politely, and leaves what it shall be as it is: whoever starts the group again starts it. */
export async function restSite(site: KeptSite): Promise<void> {
  await site.note({}); // the epoch it came with
  site.server.signal('SIGINT');
  if (await site.server.ended(2500)) return;
  site.server.signal('SIGQUIT'); // somebody does not take the rest of its changes
  if (!(await site.server.ended(1500))) throw stillWorking(site, 'is ending');
}
