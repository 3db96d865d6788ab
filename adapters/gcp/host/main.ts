// What `npm run package:gcp` bundles: importing it registers the functions, as the Functions Framework wants it.
import { join } from 'node:path';
import { hostLog } from '../../local/host/host-log.ts';
import { googleServices, openGcpHost } from './open-host.ts';
import { registerFunctions } from './register-functions.ts';
import { readSettings } from './settings.ts';

registerFunctions(async () => {
  const settings = readSettings(process.env);
  return openGcpHost(settings, await googleServices(settings), join(import.meta.dirname, 'workflows'), hostLog('json'));
});
