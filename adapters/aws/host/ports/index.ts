import type { Ports } from '../../../../functions/ports/ports.ts';
import type { Openers } from '../lambda-handler.ts';
import { backups } from './backups.ts';
import { catalog } from './catalog.ts';
import { clock } from './clock.ts';
import { endpoint } from './endpoint.ts';
import { images } from './images.ts';
import { leases } from './leases.ts';
import { ledger } from './ledger.ts';
import { notifier } from './notifier.ts';
import { orders } from './orders.ts';
import { plans } from './plans.ts';
import { router } from './router.ts';
import { runs } from './runs.ts';
import { store } from './store.ts';
import { target } from './target.ts';

/**
 * How each port is opened on Lambda: a file of the port's name for each. A function's entry imports those that it needs, and
 * never this file, so that its bundle holds nothing else; the compiler checks here that none is missing.
 */
export const openers: Openers<Ports> = {
  backups,
  catalog,
  clock,
  endpoint,
  images,
  leases,
  ledger,
  notifier,
  orders,
  plans,
  router,
  runs,
  store,
  target,
};
