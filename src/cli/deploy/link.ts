/** Bytes a second below which compressing is faster than sending: gzip makes some 50 MB of text a second, to a fourth. */
const SLOW_BYTES_PER_S = 20_000_000;

/** How fast contents leave: measured while they do, all requests together. */
export interface Link {
  /** A body begins to leave. */
  begin(): void;
  /** A body of so many bytes, before it was compressed, has arrived. */
  end(bytes: number): void;
  /** Whether what has arrived until now was slow enough that compressing pays. */
  isSlow(): boolean;
}

export function createLink(now: () => number): Link {
  let begunMs: number | undefined;
  let lastMs = 0;
  let arrived = 0;
  return {
    begin() {
      begunMs ??= now();
    },
    end(bytes) {
      arrived += bytes;
      lastMs = now();
    },
    isSlow() {
      if (begunMs === undefined || arrived === 0) return false;
      return arrived / Math.max(lastMs - begunMs, 1) < SLOW_BYTES_PER_S / 1000;
    },
  };
}
