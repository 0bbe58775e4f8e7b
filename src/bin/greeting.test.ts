import { expect, test } from "bun:test";
import { formatGreeting } from "./greeting.ts";

const started = {
  version: "1.2.3",
  console: "https://example.com",
  example: undefined,
  data: "/var/lib/sitepod",
  state: "first-account",
} as const;

test("the greeting names the command as it is typed where the server runs, and the data folder", () => {
  const told = formatGreeting(started, "/", "sitepod");
  expect(told).toContain("  Next:     sitepod login --endpoint https://example.com\n");
  expect(told).toContain("  Data      ./var/lib/sitepod\n");
  expect(formatGreeting({ ...started, state: "ready" }, "/srv", "npx sitepod")).toContain(
    "  Data      /var/lib/sitepod\n\n  Next:     npx sitepod deploy ./your-site\n",
  );
});
