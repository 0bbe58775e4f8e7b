import { api } from "./api.ts";

interface StreamOptions {
  readonly address: string;
  /** Called with the data of each event, by its name. */
  readonly on: Readonly<Record<string, (data: string) => void>>;
}

const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 15_000;

/**
 * Follows a stream of server-sent events until the returned function is called, or an event is called `end`. A connection
 * that breaks off is opened again by the browser, one that is refused by this: after the last event that came.
 */
export function followStream({ address, on }: StreamOptions): () => void {
  let lastId: string | undefined;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  let isOver = false;

  function open(): void {
    const query = lastId === undefined ? "" : `?${new URLSearchParams({ last_event_id: lastId })}`;
    source = new EventSource(address + query);
    for (const [name, react] of Object.entries(on)) {
      source.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) => {
        pauseMs = FIRST_PAUSE_MS;
        if (lastEventId !== "") lastId = lastEventId;
        react(data);
      });
    }
    source.addEventListener("end", close);
    source.addEventListener("error", () => {
      if (source?.readyState === EventSource.CLOSED && !isOver) openLater();
    });
  }

  /** Where nobody is logged in any more, it ends. */
  function openLater(): void {
    timer = setTimeout(async () => {
      const user = await api.me().catch(() => undefined);
      if (user !== null && !isOver) open();
    }, pauseMs);
    pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
  }

  function close(): void {
    isOver = true;
    clearTimeout(timer);
    source?.close();
  }

  open();
  return close;
}
