import { register } from "./account.ts";
import { type DeployClient, deployClient } from "./deploy-client.ts";
import { type Server, startServer } from "./server.ts";
import { exchange } from "./tenant.ts";

/** Processes that serve sites. */
export const WORKERS = 2;
/** The server is told it, and no edge. */
export const ADMIN_TOKEN = "a-token-that-only-the-server-knows";
export const PAGE = `<h1>Shop</h1>${"text ".repeat(800)}`;

/** A server whose site `shop` has one page. */
export interface ShopServer {
  readonly server: Server;
  readonly client: DeployClient;
  readonly token: string;
  /** Of the site. */
  readonly host: string;
}

export async function startShop(): Promise<ShopServer> {
  const server = await startServer({
    flags: ["--workers", String(WORKERS)],
    env: { SITEPOD_ADMIN_TOKEN: ADMIN_TOKEN },
  });
  const { token } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  await client.deploy("shop", { "index.html": PAGE }, "prod");
  return { server, client, token, host: `shop.${server.domain}` };
}

/** Asks over so many connections, each of which is new: the system shares them out between the edges. */
export const askAnew = (server: Server, host: string, path: string, times: number): Promise<string[]> =>
  Promise.all(
    Array.from({ length: times }, async () => {
      const text = await exchange(server, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      return text.slice(text.indexOf("\r\n\r\n") + 4);
    }),
  );

/** Reads a figure of the server, or of all its edges together; of those that labels tell apart, their sum. */
export async function readMetric(server: Server, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/api/v1/metrics`)).text();
  const figures = [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, "gm"))];
  return figures.length === 0 ? Number.NaN : figures.reduce((sum, [, figure]) => sum + Number(figure), 0);
}
