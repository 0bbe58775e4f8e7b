/** A request to a receiver. */
export interface WebhookPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type WebhookAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** The beginning of the body. */
      readonly text: string;
      /** How long the receiver asks to be left alone; 0: it does not. */
      readonly retryAfterMs: number;
    }
  | {
      readonly kind: "unanswered";
      /** A sentence that tells nothing of networks that webhooks may not reach. */
      readonly fault: string;
    };

/** How webhooks reach the world. */
export interface WebhookSender {
  /** Whether the URL's host, where it is an address, is one that webhooks may go to. Names are checked when they are used. */
  mayReach(url: URL): boolean;
  /**
   * Sends to no address but those that webhooks may go to, and follows no redirect. Throws only where `signal` ends it,
   * and not because it was for so long: that is an answer that has not come.
   */
  send(post: WebhookPost, signal: AbortSignal): Promise<WebhookAnswer>;
  /** Tells that there is something to send. Never throws and never waits: the transaction that says so may be under way. */
  wake(): void;
}
