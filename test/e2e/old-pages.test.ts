import { expect, test } from "bun:test";
import { register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { startServer } from "../harness/server.ts";
import { fetchHost } from "../harness/tenant.ts";

const DEPLOYS = 20;

/** A build: a page, and chunks whose names change with it, as a bundler makes them. */
function build(number: number) {
  const chunks = ["index", "cart", "search"].map((name) => `assets/${name}-${hashOf(`${name} ${number}`)}.js`);
  const files = Object.fromEntries(
    chunks.map((path) => [path, `export default ${JSON.stringify(`${path} ${number}`)}`]),
  );
  return { chunks, files: { "index.html": `<script src="/${chunks[0]}"></script>`, ...files } };
}

const hashOf = (text: string) => Bun.hash(text).toString(16).padStart(16, "0").slice(0, 10);

test(`a page that was opened before ${DEPLOYS} deploys finds every chunk it asks for`, async () => {
  await using server = await startServer();
  const { token } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  const host = `shop.${server.domain}`;

  const opened = build(0);
  await client.deploy("shop", opened.files, "prod");
  for (let number = 1; number <= DEPLOYS; number++) {
    await client.deploy("shop", build(number).files, "prod");
    for (const chunk of opened.chunks) {
      const response = await fetchHost(server, host, `/${chunk}`);
      expect(response.status).toBe(200);
      expect(response.headers.get("Content-Type")).toStartWith("text/javascript");
      expect(await response.text()).toContain(`${chunk} 0`);
    }
  }
  const never = await fetchHost(server, host, `/assets/index-${hashOf("never built")}.js`);
  expect(never.status).toBe(404);
  expect(never.headers.get("Cache-Control")).toBe("no-store");
  expect(never.headers.get("Content-Type")).not.toStartWith("text/html");
});
