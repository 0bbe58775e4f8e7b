import { type ReservedSQL, SQL } from "bun";
import { SitepodError } from "#model";
import { asUnavailable } from "./postgres-failure.ts";

/** A holder of locks speaks this often in the time after which it counts as dead. */
const BEATS = 5;
/** Whoever has not been answered for this share of that time no longer relies on its locks. */
const TRUSTED = 0.6;

/**
 * One session with PostgreSQL, which holds this process's advisory locks and lets go of them when it ends, however it
 * ends: the process was killed, or PostgreSQL restarted. Where the process is paused, PostgreSQL ends the session after
 * `silenceMs`; by its own clocks the process knows, before it is told, that this may have happened.
 */
export class LockSession {
  readonly #client: SQL;
  readonly #connection: ReservedSQL;
  readonly #silenceMs: number;
  readonly #beat: ReturnType<typeof setInterval>;
  #heard = now();
  #isOver = false;

  private constructor(client: SQL, connection: ReservedSQL, heard: Instant, silenceMs: number) {
    this.#client = client;
    this.#connection = connection;
    this.#heard = heard;
    this.#silenceMs = silenceMs;
    this.#beat = setInterval(() => void this.ask("select 1", []).catch(() => {}), silenceMs / BEATS);
  }

  static async open(url: string, silenceMs: number, connectTimeoutS: number): Promise<LockSession> {
    let opened: LockSession | undefined;
    const client = new SQL(url, {
      adapter: "postgres",
      max: 1,
      onclose: () => opened?.close(),
      connectionTimeout: connectTimeoutS,
      connection: { application_name: "sitepod locks", idle_session_timeout: silenceMs },
    });
    const heard = now();
    try {
      return (opened = new LockSession(client, await client.reserve(), heard, silenceMs));
    } catch (error) {
      await client.close({ timeout: 0 });
      throw asUnavailable(error);
    }
  }

  /** Whether what is locked by this session is locked still. Once it is not, it never is again. */
  get isAlive(): boolean {
    if (!this.#isOver && elapsedMs(this.#heard) > this.#silenceMs * TRUSTED) this.close();
    return !this.#isOver;
  }

  /** Throws SitepodError `unavailable` unless the session is alive. */
  assertAlive(): void {
    if (this.isAlive) return;
    throw new SitepodError("unavailable", "The server lost touch with its database while it did this. Try again.", {
      retryAfterS: 1,
    });
  }

  /** Asks for one truth value, with `parameters` as `$1` and so on. The answer comes at once: nothing here waits for a lock. */
  async ask(question: string, parameters: readonly string[]): Promise<boolean> {
    this.assertAlive();
    const asked = now();
    try {
      const [row] = await this.#connection.unsafe(question, [...parameters]);
      this.#heard = asked;
      return row?.answer === true;
    } catch (error) {
      this.close();
      throw asUnavailable(error);
    }
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#beat);
    void this.#client.close({ timeout: 0 }).catch(() => {});
  }
}

/** By both clocks: the one stands still while a machine is suspended, the other may be set back. */
interface Instant {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

const now = (): Instant => ({ monotonicMs: performance.now(), wallMs: Date.now() });

const elapsedMs = ({ monotonicMs, wallMs }: Instant): number =>
  Math.max(performance.now() - monotonicMs, Date.now() - wallMs);
