import { randomBytes } from "node:crypto";
import { register } from "../../test/harness/account.ts";
import { type DeployClient, deployClient } from "../../test/harness/deploy-client.ts";
import type { Server } from "../../test/harness/server.ts";
import { type Load, measureLoad, type Protocol, type Speed } from "./load.ts";

export const CONNECTIONS = 64;
export const ROUND_S = 1;
export const PAGE_BYTES = 4096;
const SITE = "bench";
const PATH = "/page.txt";

/** With certificates of its own alone: there is no authority. */
export const HTTPS = ["--https", "--https-port", "0", "--acme-directory", "https://127.0.0.1:9/directory"];

/** Deploys the page by which servers are compared that differ in an option alone. */
export async function deployPage(server: Server): Promise<DeployClient> {
  const client = deployClient({ endpoint: server.url, token: (await register(server.url)).token });
  await client.deploy(SITE, { [PATH.slice(1)]: randomBytes(PAGE_BYTES) }, "prod");
  return client;
}

/** Asks for the page as fast as it is answered, for a round. */
export function measurePage({ pid, port, domain }: Server, protocol: Protocol): Promise<Speed> {
  const load: Load = {
    protocol,
    host: `${SITE}.${domain}`,
    path: PATH,
    headers: [],
    status: 200,
    connections: CONNECTIONS,
    durationS: ROUND_S,
  };
  return measureLoad({ name: "sitepod", pid, port }, load);
}
