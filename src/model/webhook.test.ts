import { describe, expect, test } from "bun:test";
import { includesEvent, MAX_DELIVERY_ATTEMPTS, nextAttemptInMs, parseWebhookUrl, showWebhookUrl } from "./webhook.ts";

const HOUR_MS = 60 * 60_000;

describe("a delivery that failed", () => {
  const waits = (lot: number) =>
    Array.from({ length: MAX_DELIVERY_ATTEMPTS - 1 }, (_, i) => nextAttemptInMs(i + 1, lot)!);

  test("is tried again after seconds, then ever later, for about a day", () => {
    expect(waits(0.5).slice(0, 4)).toEqual([15_000, 45_000, 135_000, 405_000]);
    const total = waits(0.5).reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeGreaterThan(24 * HOUR_MS);
    expect(total).toBeLessThan(27 * HOUR_MS);
    expect(nextAttemptInMs(MAX_DELIVERY_ATTEMPTS, 0.5)).toBeUndefined();
  });

  test("is tried again up to a fifth sooner or later than others", () => {
    for (const [i, middle] of waits(0.5).entries()) {
      expect(waits(0)[i]).toBeCloseTo(middle * 0.8, -1);
      expect(waits(1)[i]).toBeCloseTo(middle * 1.2, -1);
    }
  });

  test("is left alone for as long as the receiver asked, but not for ever", () => {
    expect(nextAttemptInMs(1, 0.5, 120_000)).toBe(120_000);
    expect(nextAttemptInMs(4, 0.5, 120_000)).toBe(405_000);
    expect(nextAttemptInMs(1, 0.5, 900 * HOUR_MS)).toBe(12 * HOUR_MS);
  });
});

describe("the URL of a webhook", () => {
  test.each(["https://example.com", "http://example.com:8080/a?b=c", "https://[2001:db8::1]:443/x", "http://a:1024/"])(
    "may be %s",
    (text) => expect(parseWebhookUrl(text).ok).toBe(true),
  );

  test.each([
    "example.com/hook",
    "ftp://example.com/",
    "file:///etc/passwd",
    "https://user:secret@example.com/",
    "http://example.com:22/",
    "http://example.com:1023/",
    "http://example.com:0/",
    `https://example.com/${"a".repeat(2048)}`,
  ])("is not %s", (text) => expect(parseWebhookUrl(text).ok).toBe(false));

  test("is shown without what may be a key", () => {
    const shown = (text: string, format: "json" | "slack") => showWebhookUrl(new URL(text), format);
    expect(shown("https://example.com/hook?token=secret", "json")).toBe("https://example.com/hook?…");
    expect(shown("https://example.com/hook", "json")).toBe("https://example.com/hook");
    expect(shown("https://hooks.slack.com/services/T0/B0/secret", "slack")).toBe("https://hooks.slack.com/…");
  });
});

test("all events are told of where nothing else is said", () => {
  expect(includesEvent(["*"], "domain.lost")).toBe(true);
  expect(includesEvent(["deploy.failed", "domain.lost"], "domain.lost")).toBe(true);
  expect(includesEvent(["deploy.failed"], "domain.lost")).toBe(false);
});
