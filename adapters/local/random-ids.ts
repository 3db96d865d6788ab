import { randomUUID } from 'node:crypto';
import type { Ids } from '../../engine/runner/ports.ts';

/** 122 bits from the operating system's generator, which Node draws in bulk for UUIDs. */
export const randomIds: Ids = { next: () => randomUUID().replaceAll('-', '') };
