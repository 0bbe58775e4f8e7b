import { PassThrough, Writable } from "node:stream";
import type { World } from "./world.ts";

/** A world for a test: no terminal, no network but `answer`, and what was written can be read. */
export function makeWorld(given: Partial<World> & { readonly answer?: (request: Request) => Response } = {}) {
  const { answer = () => new Response("{}"), ...rest } = given;
  const stdout = new Collected();
  const stderr = new Collected();
  const world: World = {
    version: "1.2.3",
    env: { SITEPOD_ENDPOINT: "http://server.test", SITEPOD_TOKEN: "sitepod_test" },
    cwd: "/nowhere",
    home: "/nowhere",
    stdin: new PassThrough().end(),
    stdout,
    stderr,
    fetch: (async (input: string, init: RequestInit) => answer(new Request(input, init))) as typeof fetch,
    now: () => Date.parse("2026-01-31T12:00:00Z"),
    random: () => 0,
    signal: new AbortController().signal,
    ...rest,
  };
  return { world, stdout, stderr };
}

class Collected extends Writable {
  #chunks: string[] = [];
  /** What was written since the last look. */
  get text(): string {
    return this.#chunks.splice(0).join("");
  }
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.#chunks.push(chunk.toString());
    done();
  }
}
