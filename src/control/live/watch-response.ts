/** For tests: an event of a stream. */
export interface StreamEvent {
  readonly id: string | undefined;
  readonly name: string;
  /** Parsed. */
  readonly data: ReturnType<typeof JSON.parse>;
}

/** For tests: a stream of events that is being read. */
export interface Watched extends AsyncDisposable {
  readonly status: number;
  /** Resolves with the next event, undefined at the end of the stream. */
  next(): Promise<StreamEvent | undefined>;
  /** Reads up to the event that `isLast` is true of, or to the end, and returns them all. */
  until(isLast: (event: StreamEvent) => boolean): Promise<StreamEvent[]>;
}

/** For tests: reads an answer as a browser reads server-sent events. */
export function watchResponse(response: Response): Watched {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";

  async function next(): Promise<StreamEvent | undefined> {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end !== -1) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        const event = parseEvent(block);
        if (event) return event;
        continue;
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += decoder.decode(value, { stream: true });
    }
  }

  return {
    status: response.status,
    next,
    async until(isLast) {
      const events: StreamEvent[] = [];
      for (let event = await next(); event; event = await next()) {
        events.push(event);
        if (isLast(event)) break;
      }
      return events;
    },
    [Symbol.asyncDispose]: () => reader.cancel(),
  };
}

/** Undefined where it is a comment. */
function parseEvent(block: string): StreamEvent | undefined {
  const fields = new Map(block.split("\n").map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
  const name = fields.get("event");
  return name === undefined ? undefined : { id: fields.get("id"), name, data: JSON.parse(fields.get("data")!) };
}
