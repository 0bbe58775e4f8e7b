import { expect, test } from "bun:test";
import { register } from "../harness/account.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { startServer } from "../harness/server.ts";
import { waitUntil } from "../harness/wait-until.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";
const SERVER_KIND = 2;

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
}
interface TracesMessage {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Span["attributes"] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

/** Takes what a server sends, as a collector does. */
function startCollector() {
  const bodies: { readonly type: string; readonly text: string; readonly key: string }[] = [];
  const listener = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { headers } = request;
      const [type, key] = [headers.get("content-type") ?? "", headers.get("x-key") ?? ""];
      if (new URL(request.url).pathname === "/v1/traces") bodies.push({ type, key, text: await request.text() });
      return Response.json({});
    },
  });
  return {
    endpoint: `http://127.0.0.1:${listener.port}`,
    bodies,
    [Symbol.asyncDispose]: async () => await listener.stop(true),
  };
}

const attributesOf = ({ attributes }: Pick<Span, "attributes">) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value as object)[0] as unknown]));

test("a release is traced from the caller's span down to queries and the store, without a secret", async () => {
  await using collector = startCollector();
  await using server = await startServer({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=let-me-in",
      OTEL_SERVICE_NAME: "our-sites",
      OTEL_BSP_SCHEDULE_DELAY: "50",
    },
  });
  const { token, password } = await register(server.url);
  await deployClient({ endpoint: server.url, token }).deploy("shop", { "index.html": "hello" });
  const released = await fetch(`${server.url}/api/v1/release`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/json",
      traceparent: `00-${TRACE}-${CALLER}-01`,
    },
    body: JSON.stringify({ project: "shop", environment: "prod" }),
  });
  expect(released.status).toBe(200);

  const messages = () => collector.bodies.map(({ text }) => JSON.parse(text) as TracesMessage);
  const spans = () =>
    messages()
      .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
      .flatMap((scope) => scope.spans)
      .filter(({ traceId }) => traceId === TRACE);
  const root = await waitUntil("the span arrives", () => spans().find(({ parentSpanId }) => parentSpanId === CALLER));

  expect(root).toMatchObject({ name: "POST /api/v1/release", kind: SERVER_KIND });
  expect(attributesOf(root)).toMatchObject({ "http.route": "/api/v1/release", "http.request.method": "POST" });
  const below = spans().filter(({ parentSpanId }) => parentSpanId === root.spanId);
  expect(below.map(({ name }) => name)).toContain("documents.create");
  const insert = below.find((span) =>
    String(attributesOf(span)["db.query.text"]).startsWith('insert into "deployments"'),
  );
  expect(insert?.name).toBe("INSERT");
  expect(attributesOf(messages()[0]!.resourceSpans[0]!.resource)).toMatchObject({ "service.name": "our-sites" });
  expect(collector.bodies[0]!.key).toBe("let-me-in");
  const all = collector.bodies.map(({ text }) => text).join();
  for (const secret of [token, password]) expect(all).not.toContain(secret);
});

test("spans that are left are sent when the server stops, in the standard's own encoding where none is named", async () => {
  await using collector = startCollector();
  const server = await startServer({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint } });
  await register(server.url);
  await fetch(`${server.url}/api/v1/metrics`);
  await server.stop();
  expect(collector.bodies[0]).toMatchObject({ type: "application/x-protobuf" });
  const sent = collector.bodies.map(({ text }) => text).join();
  for (const name of ["POST /api/v1/auth/login", "GET /api/v1/metrics"]) expect(sent).toContain(name);
});

test("a collector that is away is told once, in words without its headers, and holds nothing up", async () => {
  await using server = await startServer({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=let-me-in",
      OTEL_EXPORTER_OTLP_TIMEOUT: "300",
      OTEL_BSP_SCHEDULE_DELAY: "10",
    },
  });
  const { token } = await register(server.url);
  const client = deployClient({ endpoint: server.url, token });
  await client.deploy("shop", { "index.html": "hello" }, "prod");
  await waitUntil("it is told", () => server.output().includes("Traces could not be sent"));
  await client.deploy("shop", { "index.html": "again" }, "prod");
  await server.stop();
  expect(server.output().split("Traces could not be sent")).toHaveLength(2);
  expect(server.output()).not.toContain("let-me-in");
});
