import { expect } from "bun:test";
import { register } from "../../harness/account.ts";
import { deployClient } from "../../harness/deploy-client.ts";
import type { Server } from "../../harness/server.ts";
import { DOMAIN, ONE, TWO } from "./hosts.ts";
import { SYNC_PATH, SYNC_TEXT } from "./send-raw.ts";

/** The names that a server with HTTPS on would order certificates for once the tenants are there. */
export const CERTIFIED: readonly string[] = [DOMAIN, `api.${DOMAIN}`, `console.${DOMAIN}`, ONE, TWO];

/** Releases a site of each tenant; a page tells whose it is. */
export async function deployTenants(server: Server): Promise<void> {
  const client = deployClient({ endpoint: server.url, token: (await register(server.url)).token });
  for (const site of ["one", "two"]) {
    const page = `tenant ${site}`;
    const files = { "index.html": page, "a.txt": page, [SYNC_PATH.slice(1)]: SYNC_TEXT, "404.html": "" };
    await client.deploy(site, files, "prod");
  }
}

/**
 * Has both sites' pages, and where they lead, in memory: pointers are read again every five seconds, and a request behind
 * another is answered only where the answer to that one is in memory.
 */
export async function warmUp(origin: string): Promise<void> {
  for (const host of [ONE, TWO]) {
    for (const path of ["/", "/a.txt", SYNC_PATH]) {
      const init = { headers: { Host: host }, tls: { rejectUnauthorized: false } } as BunFetchRequestInit;
      expect((await fetch(origin + path, init)).status).toBe(200);
    }
  }
}
