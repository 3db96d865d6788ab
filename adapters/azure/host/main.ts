// The app's entry: what the Functions worker loads. It registers the functions and opens the store when the first is called.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfiguration } from '../../configuration.ts';
import { durableEffectQueue, type OrchestrationClient } from '../durable/effect-queue.ts';
import { openApp } from './open-app.ts';
import { openStorage } from './open-storage.ts';
import { type AppWork, registerFunctions } from './register-functions.ts';
import { readAzureSettings } from './settings.ts';

/** Beside this file in the package. */
const CONFIGURATION = join(import.meta.dirname, 'pointsman.yaml');

// The worker carries what is written to the console to Application Insights.
const log = pino({ base: null }, { write: (line) => console.log(line.trimEnd()) });
const configuration = readConfiguration(existsSync(CONFIGURATION) ? CONFIGURATION : undefined);
let client: OrchestrationClient | undefined;
let opening: Promise<AppWork> | undefined;

const queue = durableEffectQueue(() => {
  if (client === undefined) throw new Error('no invocation has brought a durable client');
  return client;
});

async function open(): Promise<AppWork> {
  const storage = await openStorage(readAzureSettings(process.env));
  return openApp({ configuration, storage, queue, log });
}

registerFunctions({
  isSigned: configuration.authentication !== undefined,
  use: (given) => void (client = given),
  work() {
    opening ??= open();
    opening.catch(() => (opening = undefined)); // the next invocation tries again
    return opening;
  },
});
