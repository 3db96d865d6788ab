/** What became of the requests of a load. */
export interface Counted {
  readonly requests: number;
  /** Statuses other than 200, and errors, of those that failed. */
  readonly failures: readonly string[];
  /** Versions that answered. */
  readonly versions: ReadonlySet<string>;
}

/** Requests that go on while a test does other things. */
interface SteadyLoad extends AsyncDisposable {
  readonly counted: Counted;
  /** Sends no more, and gives what became of all that were sent. */
  stop(): Promise<Counted>;
}

const requestsPerSecond = 40;
const atMost = 4_000;

/** Sends GET requests to a release of the example shop, one after another at a steady rate, until stopped. */
export function steadyLoad(url: string): SteadyLoad {
  const failures: string[] = [];
  const versions = new Set<string>();
  const sent: Promise<void>[] = [];
  const counted = { failures, versions, requests: 0 };

  async function send(): Promise<void> {
    counted.requests++;
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      if (answer.status !== 200) failures.push(`${answer.status} ${await answer.text()}`);
      else versions.add(((await answer.json()) as { version: string }).version);
    } catch (thrown) {
      failures.push(reasonOf(thrown));
    }
  }

  const timer = setInterval(() => {
    if (sent.length < atMost) sent.push(send());
  }, 1000 / requestsPerSecond);
  const stop = async () => {
    clearInterval(timer);
    await Promise.all(sent);
    return counted;
  };
  return { counted, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** `fetch` hides why in `cause`. */
const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? [thrown.message, thrown.cause].filter(Boolean).map(String).join(': ') : String(thrown);
