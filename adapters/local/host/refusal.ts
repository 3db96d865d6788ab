import type { Context } from 'hono';

type RefusalStatus = 400 | 403 | 404 | 409 | 413 | 415 | 503;

/** A request that is not carried out: what was asked, what was found, and what would work (`hint`). */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: RefusalStatus;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(status: RefusalStatus, code: string, message: string, hint?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

export const refuse = (c: Context, { status, code, message, hint }: Refusal): Response =>
  c.json({ error: { code, message, ...(hint === undefined ? {} : { try: hint }) } }, status);
