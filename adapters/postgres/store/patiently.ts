import { setTimeout as pause } from 'node:timers/promises';

/** Calls again while the outcome is `Pointsman.StillWorking`, for at most `seconds` (default 120). */
export async function patiently<T>(call: () => Promise<T>, seconds = 120): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; ; await pause(50))
    try {
      return await call();
    } catch (error) {
      const goesOn = error instanceof Error && error.name === 'Pointsman.StillWorking' && Date.now() < deadline;
      if (!goesOn) throw error;
    }
}
