/** Lets requests that change something pass to a service, or keeps them waiting. Requests that only read always pass. */
export interface WriteGate {
  /** Calls `go` now, or when the gate opens; `refuse` when it stays shut longer than a request may wait, or too many wait. */
  enter(go: () => void, refuse: () => void): void;
  /** One that went has ended. */
  leave(): void;
  /** Lets no more pass. Resolves when those that went have ended, or after `drainMs` with the number that has not. */
  hold(drainMs: number): Promise<number>;
  open(): void;
  isHeld(): boolean;
}

/** Kept waiting at most; what comes then is refused, so that a long hold costs no more memory than this. */
const mostWaiting = 1_000;

/** @param patienceMs how long one request waits; default 30 s */
export function writeGate(patienceMs = 30_000): WriteGate {
  let held = false;
  let inFlight = 0;
  let drained: (() => void) | undefined;
  const waiting = new Set<() => void>();

  const pass = (go: () => void) => {
    inFlight++;
    go();
  };
  return {
    enter(go, refuse) {
      if (!held) return pass(go);
      if (waiting.size >= mostWaiting) return refuse();
      const admit = () => {
        clearTimeout(timer);
        pass(go);
      };
      const timer = setTimeout(() => {
        waiting.delete(admit);
        refuse();
      }, patienceMs);
      waiting.add(admit);
    },
    leave() {
      inFlight--;
      if (inFlight === 0) drained?.();
    },
    async hold(drainMs) {
      held = true;
      if (inFlight === 0) return 0;
      const { promise, resolve } = Promise.withResolvers<void>();
      drained = resolve;
      const timer = setTimeout(resolve, drainMs);
      await promise;
      clearTimeout(timer);
      return inFlight;
    },
    isHeld: () => held,
    open() {
      held = false;
      for (const admit of waiting) admit();
      waiting.clear();
    },
  };
}

/** Whether a request may change something. (RFC 9110 §9.2.1) */
export const mayWrite = (method: string | undefined): boolean =>
  method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && method !== 'TRACE';
