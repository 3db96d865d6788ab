import type { Ports } from '../../../../functions/ports/ports.ts';
import { notOffered } from './not-offered.ts';

export const router = (): Ports['router'] =>
  notOffered('router', 'it would be weighted target groups of a load balancer');
