import { expect, test } from "bun:test";
import type { Api } from "#wire";
import { runCli } from "../mod.ts";
import { makeWorld } from "../test-world.ts";

const figures = (requests: number, bytes = 0, refused = 0, not_modified = 0): Api.TrafficFigures => ({
  requests,
  bytes,
  answers: { "2xx": requests - refused, "3xx": 0, "4xx": refused, "5xx": 0 },
  not_modified,
});

/** Twelve hours or so of points, of which the last two were asked for something. */
const traffic = (more: Partial<Api.Traffic> = {}): Api.Traffic => ({
  project: "shop",
  range: "day",
  environment: null,
  environments: [],
  step_seconds: 3600,
  total: figures(1600, 3_000_000, 40, 400),
  points: [
    { at: "2026-01-31T09:00:00.000Z", ...figures(0) },
    { at: "2026-01-31T10:00:00.000Z", ...figures(1200, 2_500_000, 30) },
    { at: "2026-01-31T11:00:00.000Z", ...figures(400, 500_000, 10) },
  ],
  paths: [
    { path: "/", requests: 1500 },
    { path: "/a\u001b[31m", requests: 3 },
  ],
  missing_paths: [{ path: "/wp-login.php", requests: 40 }],
  ...more,
});

async function run(argv: string[], answer: Api.Traffic) {
  const asked: string[] = [];
  const { world, stdout, stderr } = makeWorld({
    answer: ({ method, url }) => {
      asked.push(`${method} ${url.slice("http://server.test/api/v1".length)}`);
      return Response.json(answer);
    },
  });
  const code = await runCli(["traffic", ...argv], world);
  return { code, asked, stdout: stdout.text, stderr: stderr.text };
}

test("traffic is shown as it went on, with the paths asked for most and those that were not there", async () => {
  const { code, asked, stdout } = await run(["shop"], traffic());
  expect([code, asked]).toEqual([0, ["GET /projects/shop/traffic?range=day"]]);
  expect(stdout).toBe(`shop: 1,600 requests in the last day, 3 MB sent, 25 % known to the visitor already

UTC    REQUESTS                              SENT  4XX  5XX
09:00
10:00     1,200  ████████████████████████  2.5 MB   30
11:00       400  ████████                  500 KB   10

REQUESTS  ASKED FOR MOST
   1,500  /
       3  /a\\u{1b}[31m

REQUESTS  NOT THERE
      40  /wp-login.php
`);
});

test("an hour is told in twelve parts, a month by its days", async () => {
  const points = (count: number, at: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => ({ at: at(i), ...figures(1) }));
  const minutes = points(60, (i) => `2026-01-31T10:${String(i).padStart(2, "0")}:00.000Z`);
  const hour = await run(["-n", "shop", "--range", "hour"], traffic({ range: "hour", points: minutes }));
  expect(hour.stdout.match(/^10:\d\d +5 /gm)).toHaveLength(12);
  const days = points(30, (i) => `2026-01-${String(i + 1).padStart(2, "0")}T00:00:00.000Z`);
  const month = await run(["shop", "--range", "month"], traffic({ range: "month", points: days }));
  expect(month.stdout.match(/^2026-01-\d\d +1 /gm)).toHaveLength(30);
});

test("what is not known is a usage error, and nothing to show is said", async () => {
  expect((await run(["shop", "--range", "year"], traffic())).code).toBe(2);
  const nothing = traffic({ environment: "preview", total: figures(0) });
  const { asked, stdout } = await run(["shop", "--env", "preview"], nothing);
  expect(asked).toEqual(["GET /projects/shop/traffic?range=day&environment=preview"]);
  expect(stdout).toBe(
    "Nobody asked for anything of shop (preview) in the last day. Requests are shown a minute after they are answered.\n",
  );
});

test("--json writes what the server says", async () => {
  expect(JSON.parse((await run(["shop", "--json"], traffic())).stdout)).toEqual(traffic());
});
