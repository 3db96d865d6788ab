import { Client, type Connection, type Submittable } from 'pg';

/** How a server is reached for replication; the role needs REPLICATION. */
export interface ReplicationAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password?: string | undefined;
}

/** Rows of one result, as text. */
export type Rows = readonly (readonly (string | null)[])[];

export interface ReplicationConnection {
  /** Results of a replication command, in their order. What it streams goes to `onCopy`, which is waited for. */
  run(command: string, onCopy?: (chunk: Buffer) => Promise<void> | void): Promise<readonly Rows[]>;
  /** Sends what such a command takes in. */
  send(command: string, chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void>;
  end(): Promise<void>;
}

/**
 * Speaks the streaming replication protocol with `pg` doing TLS, passwords and SCRAM. A chunk handed to `onCopy` is only
 * good until it resolves; the socket waits meanwhile, so memory stays bounded. (PostgreSQL 18, 54.4)
 */
export async function connectReplication(address: ReplicationAddress): Promise<ReplicationConnection> {
  // `replication` is understood by pg and missing in its types.
  const config = { ...address, replication: 'true', application_name: 'pointsman', connectionTimeoutMillis: 5_000 };
  const client = new Client(config);
  client.on('error', () => undefined); // the command that runs hears of it too
  await client.connect();
  const abandon = () => client.connection.stream.destroy();
  return {
    run: (command, onCopy = () => undefined) =>
      new Promise((resolve, reject) => {
        client.query(new Command(command, onCopy, undefined, abandon, resolve, reject));
      }),
    send: (command, chunks) =>
      new Promise((resolve, reject) => {
        client.query(
          new Command(
            command,
            () => undefined,
            chunks,
            abandon,
            () => resolve(),
            reject,
          ),
        );
      }),
    end: () => client.end(),
  };
}

/** What pg calls while a command runs, of its `Connection`. */
interface Wire {
  readonly stream: {
    pause(): unknown;
    resume(): unknown;
    readonly writableNeedDrain: boolean;
    once: NodeJS.EventEmitter['once'];
  };
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/** One command. pg calls the `handle…` methods in the order in which the messages come. */
class Command implements Submittable {
  readonly #results: (string | null)[][][] = [];
  readonly #waiting: Buffer[] = [];
  #draining: Promise<void> | undefined;
  #failure: Error | undefined;
  readonly #text: string;
  readonly #onCopy: (chunk: Buffer) => Promise<void> | void;
  readonly #input: AsyncIterable<Buffer> | Iterable<Buffer> | undefined;
  readonly #abandon: () => void;
  readonly #resolve: (results: readonly Rows[]) => void;
  readonly #reject: (reason: Error) => void;

  constructor(
    text: string,
    onCopy: (chunk: Buffer) => Promise<void> | void,
    input: AsyncIterable<Buffer> | Iterable<Buffer> | undefined,
    abandon: () => void,
    resolve: (results: readonly Rows[]) => void,
    reject: (reason: Error) => void,
  ) {
    this.#text = text;
    this.#onCopy = onCopy;
    this.#input = input;
    this.#abandon = abandon;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): void {
    connection.query(this.#text);
  }

  handleRowDescription(): void {
    this.#results.push([]);
  }

  handleDataRow({ fields }: { readonly fields: (string | null)[] }): void {
    this.#results.at(-1)?.push(fields);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }, wire: Wire): void {
    this.#waiting.push(chunk);
    this.#draining ??= this.#drain(wire);
  }

  handleCopyInResponse(wire: Wire): void {
    void this.#feed(wire);
  }

  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}

  /** Also for a connection that ended, which is no longer followed by `handleReadyForQuery`. */
  handleError(error: Error): void {
    this.#failure ??= error;
    this.#reject(this.#failure);
  }

  handleReadyForQuery(): void {
    if (this.#failure !== undefined) return;
    void (this.#draining ?? Promise.resolve()).then(() => {
      if (this.#failure === undefined) this.#resolve(this.#results);
    });
  }

  async #drain(wire: Wire): Promise<void> {
    wire.stream.pause();
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) await this.#onCopy(next);
      this.#draining = undefined;
      wire.stream.resume();
    } catch (thrown) {
      // What comes could be gigabytes that nobody wants: only hanging up ends it.
      this.handleError(thrown instanceof Error ? thrown : new Error(String(thrown)));
      this.#abandon();
    }
  }

  async #feed(wire: Wire): Promise<void> {
    try {
      for await (const chunk of this.#input ?? []) {
        wire.sendCopyFromChunk(chunk);
        if (wire.stream.writableNeedDrain) await new Promise((resolve) => wire.stream.once('drain', resolve));
      }
      wire.endCopyFrom();
    } catch (thrown) {
      this.#failure ??= thrown instanceof Error ? thrown : new Error(String(thrown));
      wire.sendCopyFail(this.#failure.message);
      this.#reject(this.#failure);
    }
  }
}
