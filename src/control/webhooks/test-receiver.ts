import type { WebhookAnswer, WebhookPost, WebhookSender } from "./sender.ts";

export const THANKS: WebhookAnswer = { kind: "answered", status: 200, text: "thanks", retryAfterMs: 0 };
export const BROKEN: WebhookAnswer = { kind: "answered", status: 500, text: "<b>broken</b>", retryAfterMs: 0 };

/** For tests: receives all that is sent to webhooks, and answers as the test says. The address 127.0.0.1 is refused. */
export class TestReceiver implements WebhookSender {
  readonly posts: WebhookPost[] = [];
  answer: (post: WebhookPost) => WebhookAnswer | Promise<WebhookAnswer> = () => THANKS;
  readonly #waiting = new Set<() => void>();
  /** How often it was told that there is something to send. */
  wakes = 0;

  mayReach = ({ hostname }: URL): boolean => hostname !== "127.0.0.1";

  async send(post: WebhookPost, signal: AbortSignal): Promise<WebhookAnswer> {
    this.posts.push(post);
    for (const look of this.#waiting) look();
    const ended = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => ended.reject(signal.reason));
    return await Promise.race([this.answer(post), ended.promise]);
  }

  wake(): void {
    this.wakes++;
  }

  /** Returns when so many were sent. */
  async hasReceived(count: number): Promise<void> {
    const enough = Promise.withResolvers<void>();
    const look = () => this.posts.length >= count && enough.resolve();
    this.#waiting.add(look);
    look();
    await enough.promise;
    this.#waiting.delete(look);
  }

  /** What was sent so far, as JSON, and forgets it. */
  take(): ReturnType<typeof JSON.parse>[] {
    return this.posts.splice(0).map(({ body }) => JSON.parse(body));
  }
}
