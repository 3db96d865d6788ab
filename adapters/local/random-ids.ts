import { randomBytes } from 'node:crypto';
import type { Ids } from '../../engine/runner/ports.ts';

/** 128 bits from the operating system's generator. */
export const randomIds: Ids = { next: () => randomBytes(16).toString('hex') };
