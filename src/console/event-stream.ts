import { type ApiError, findRefusal } from "./api.ts";

interface StreamOptions {
  readonly address: string;
  /** Called with the data of each event, by its name. */
  readonly on: Readonly<Record<string, (data: string) => void>>;
  /** Called where it ends because the server refuses it for good. */
  readonly onRefused?: (refusal: ApiError) => void;
}

const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 15_000;

/**
 * Follows a stream of server-sent events until the returned function is called, or an event is called `end`. A connection
 * that breaks off is opened again by the browser, one that is refused by this: after the last event that came. What is not
 * there, or no longer this person's, is not asked for again.
 */
export function followStream({ address, on, onRefused }: StreamOptions): () => void {
  let lastId: string | undefined;
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  let isOver = false;

  function open(): void {
    source = new EventSource(afterLast());
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

  const afterLast = () =>
    lastId === undefined ? address : `${address}?${new URLSearchParams({ last_event_id: lastId })}`;

  /** An event source does not tell why it was refused: that is asked first. */
  function openLater(): void {
    timer = setTimeout(async () => {
      const refusal = await findRefusal(afterLast());
      if (isOver) return;
      if (!refusal) return open();
      if (!isForGood(refusal)) return openLater();
      close();
      onRefused?.(refusal);
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

const isForGood = ({ status }: ApiError): boolean => status >= 400 && status < 500 && status !== 429;
