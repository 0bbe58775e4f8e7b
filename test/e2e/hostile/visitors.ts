import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Address } from "../../harness/tenant.ts";
import { SITE } from "./target.ts";

/** How a site answered people who came one after another, each by a connection of their own. */
export interface Visits {
  readonly medianMs: number;
  readonly p99Ms: number;
  /** What befell those who got no whole page within `PATIENCE_MS`. */
  readonly failed: readonly string[];
}

const PATIENCE_MS = 5000;

/** A server, and how it is spoken to. */
export interface Visited extends Address {
  readonly isTls?: boolean;
}

/** Visits a site's front page so often, at a steady pace that does not wait for the answers. */
export async function visit(server: Visited, page: string, count: number, everyMs: number): Promise<Visits> {
  const visits: Promise<number | string>[] = [];
  for (let i = 0; i < count; i++) {
    visits.push(visitOnce(server, page));
    await Bun.sleep(everyMs);
  }
  const ended = await Promise.all(visits);
  const took = ended.filter((ms) => typeof ms === "number").toSorted((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Infinity;
  return { medianMs: at(0.5), p99Ms: at(0.99), failed: ended.filter((reason) => typeof reason === "string") };
}

/** From the first packet to the last byte, in milliseconds; or what happened instead. */
function visitOnce({ port, isTls }: Visited, page: string): Promise<number | string> {
  return new Promise((resolve) => {
    const startMs = performance.now();
    let text = "";
    let reason = "closed";
    const tls = { servername: SITE, rejectUnauthorized: false };
    const socket = isTls ? connectTls({ port, host: "127.0.0.1", ...tls }) : connect(port, "127.0.0.1");
    socket.write(`GET / HTTP/1.1\r\nHost: ${SITE}\r\nConnection: close\r\n\r\n`);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("silent")));
    socket.on("data", (data) => (text += data.toString("latin1")));
    socket.on("error", ({ message }) => (reason = message));
    socket.on("close", () => {
      const tookMs = performance.now() - startMs;
      resolve(text.endsWith(page) ? tookMs : `${reason} after ${tookMs.toFixed(0)} ms and ${text.length} characters`);
    });
  });
}
