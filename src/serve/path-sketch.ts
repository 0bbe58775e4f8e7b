import { MAX_TRAFFIC_PATH_LENGTH, type PathRequests, topPaths } from "#model";

/** So many paths are counted at a time, of each of a site's two lists. */
const CAPACITY = 50;

/** Room for paths that several sketches share. */
export interface PathRoom {
  left: number;
}

interface Counter {
  requests: number;
  /** So many of them may have been for other paths. */
  error: number;
}

/**
 * Counts what is asked for most in bounded memory, however many different paths there are: the Space-Saving algorithm
 * (Metwally, Agrawal, El Abbadi 2005). A new path takes the place of the one asked for least, and its count on as an error. While
 * there are no more paths than places, counts are exact.
 */
export class PathSketch {
  readonly #room: PathRoom;
  readonly #counters = new Map<string, Counter>();

  constructor(room: PathRoom) {
    this.#room = room;
  }

  add(path: string, requests: number): void {
    const name = path.length > MAX_TRAFFIC_PATH_LENGTH ? path.slice(0, MAX_TRAFFIC_PATH_LENGTH) : path;
    const counter = this.#counters.get(name);
    if (counter) counter.requests += requests;
    else if (this.#counters.size < CAPACITY && this.#room.left > 0) {
      this.#room.left--;
      this.#counters.set(own(name), { requests, error: 0 });
    } else if (this.#counters.size > 0) this.#replaceLeast(name, requests);
  }

  /** What was asked for most, by the counts that are certain. */
  list(): readonly PathRequests[] {
    return topPaths(
      Array.from(this.#counters, ([path, { requests, error }]): PathRequests => [path, requests - error]),
    );
  }

  /** Gives back the room that was taken. */
  end(): void {
    this.#room.left += this.#counters.size;
    this.#counters.clear();
  }

  #replaceLeast(name: string, requests: number): void {
    let [leastPath, least]: [string, Counter | undefined] = ["", undefined];
    for (const [path, counter] of this.#counters) {
      if (!least || counter.requests < least.requests) [leastPath, least] = [path, counter];
    }
    this.#counters.delete(leastPath);
    this.#counters.set(own(name), { requests: least!.requests + requests, error: least!.requests });
  }
}

/** A part of a URL keeps all of it in memory, which may be long. Paths as they are asked for are ASCII. */
const own = (text: string): string => Buffer.from(text, "latin1").toString("latin1");
