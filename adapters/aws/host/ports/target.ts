import type { Ports } from '../../../../functions/ports/ports.ts';
import { notOffered } from './not-offered.ts';

export const target = (): Ports['target'] => notOffered('target', 'it would be services of Amazon ECS');
