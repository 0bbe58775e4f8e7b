import { createHmac } from "node:crypto";
import { describe, expect, test } from "bun:test";
import { WEBHOOK_EVENTS, WEBHOOK_TEST, type WebhookFormat } from "#model";
import type { WebhookData, WebhookMessage } from "../message.ts";
import { describeMessage } from "./describe-message.ts";
import { faultOf, formatBody, formatRequest } from "./format-request.ts";
import { newSigningSecret, signedHeaders } from "./sign.ts";

const MARKUP = '<b>*bold*</b> & `code` <!channel> @everyone [link](https://evil.example) <at user_id="all">all</at>';

const message = (
  data: Partial<WebhookData> = {},
  type: WebhookMessage["type"] = "environment.released",
): WebhookMessage => ({
  type,
  timestamp: "2030-01-01T00:00:00.000Z",
  data: {
    workspace_id: "ws_1",
    project: "shop",
    actor: "ann@example.org",
    environment: "prod",
    version: "v2",
    url: "https://shop.example.com",
    ...data,
  },
});
const withText = (text: string) =>
  message({
    release: {
      version: "v2",
      image_id: "img_1",
      url: "https://v2--shop.example.com",
      message: text,
      git: { commit: null, branch: null, message: null },
      files_count: 1,
      total_size: 1,
    },
  });
const body = (format: WebhookFormat, told: WebhookMessage) => JSON.parse(formatBody(format, told));
const sending = { id: "msg_1", nowMs: 1_731_705_121_900, version: "1.2.3" };

describe("a message to a receiver", () => {
  test("is signed as the example of Standard Webhooks", () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    expect(signedHeaders([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, '{"test": 2432232314}')).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  test("is JSON as it is, with the signature of the very body that is sent", () => {
    const secret = newSigningSecret((length) => new Uint8Array(length).fill(7));
    const { headers, body: sent } = formatRequest("json", withText(MARKUP), { ...sending, secrets: [secret] });
    expect(JSON.parse(sent)).toEqual(withText(MARKUP));
    const signed = createHmac("sha256", Buffer.alloc(32, 7)).update(`msg_1.1731705121.${sent}`).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${signed}`);
    expect(headers["user-agent"]).toBe("SitePod/1.2.3");
  });

  test("has a sentence for each event", () => {
    const data = { slug: "look", domain: "shop.example.org" };
    const titles = ([...WEBHOOK_EVENTS, WEBHOOK_TEST] as const).map(
      (type) => describeMessage(message(data, type)).title,
    );
    expect(new Set(titles).size).toBe(WEBHOOK_EVENTS.length + 1);
    expect(titles.filter((title) => title.includes("undefined"))).toEqual([]);
    expect(titles).toContain("shop: v2 is live on prod");
  });
});

describe("a message to Slack", () => {
  test("has what people have written as plain text, and escapes it in notifications", () => {
    const { text, blocks } = body("slack", withText(MARKUP));
    expect(text).toBe("shop: v2 is live on prod");
    expect(blocks[1]).toEqual({
      type: "section",
      text: { type: "plain_text", text: `${MARKUP}\nby ann@example.org`, emoji: false },
    });
    expect(blocks[2].text).toEqual({ type: "mrkdwn", text: "<https://shop.example.com>" });
    expect(body("slack", message({ project: "<!channel> & co" })).text).toStartWith("&lt;!channel&gt; &amp; co");
  });

  test("bears no signature that Slack does not check", () => {
    const { headers } = formatRequest("slack", message(), { ...sending, secrets: [] });
    expect(Object.keys(headers).toSorted()).toEqual(["content-type", "user-agent"]);
  });
});

describe("a message to Discord", () => {
  test("mentions nobody, and has its Markdown escaped", () => {
    const { allowed_mentions, embeds } = body("discord", withText(MARKUP));
    expect(allowed_mentions).toEqual({ parse: [] });
    expect(embeds[0]).toMatchObject({ title: "shop\\: v2 is live on prod", url: "https://shop.example.com" });
    const [written] = embeds[0].description.split("\n");
    expect(written.replaceAll(/\\(.)/g, "$1")).toBe(MARKUP);
    expect(written).not.toMatch(/(?<!\\)[<>*`@[\]()]/);
  });

  test("keeps to the length of a title, without half of what is escaped", () => {
    const { title } = body("discord", message({ project: "*".repeat(300) })).embeds[0];
    expect(title).toBe("\\*".repeat(128));
  });
});

describe("a message to Feishu", () => {
  test("is made of texts and links, which have no markup", () => {
    const { msg_type, content } = body("feishu", withText(MARKUP));
    expect(msg_type).toBe("post");
    expect(content.post.en_us).toEqual({
      title: "shop: v2 is live on prod",
      content: [
        [{ tag: "text", text: MARKUP }],
        [{ tag: "text", text: "by ann@example.org" }],
        [{ tag: "a", text: "https://shop.example.com", href: "https://shop.example.com" }],
      ],
    });
  });

  test("is signed as Feishu's bots check it, where they have a secret", () => {
    const { body: sent } = formatRequest("feishu", message(), { ...sending, secrets: ["from Feishu"] });
    const sign = createHmac("sha256", "1731705121\nfrom Feishu").update("").digest("base64");
    expect(JSON.parse(sent)).toMatchObject({ timestamp: "1731705121", sign, msg_type: "post" });
    expect(formatRequest("feishu", message(), { ...sending, secrets: [] }).body).not.toContain("sign");
  });

  test("has arrived only where its answer says so", () => {
    const answered = (text: string) => faultOf("feishu", { kind: "answered", status: 200, text, retryAfterMs: 0 });
    expect(answered('{"code":0,"msg":"success"}')).toBeUndefined();
    expect(answered('{"StatusCode":0,"StatusMessage":"success"}')).toBeUndefined();
    expect(answered('{"code":19021,"msg":"sign match fail"}')).toContain("19021: sign match fail");
    expect(answered("<html>")).toBe("The answer is not one of Feishu.");
    expect(answered("null")).toBe("The answer is not one of Feishu.");
  });
});

test("a long text is cut off between characters, and an empty one left out", () => {
  const [line] = describeMessage(withText("😀".repeat(600))).lines;
  expect(line).toBe(`${"😀".repeat(499)}…`);
  expect(describeMessage(withText("  ")).lines).toEqual(["by ann@example.org"]);
});

test.each([
  [200, undefined],
  [204, undefined],
  [302, "It answers 302: redirects are not followed."],
  [404, "It answers 404."],
  [500, "It answers 500."],
])("an answer of %i is told as %p", (status, fault) => {
  expect(faultOf("json", { kind: "answered", status, text: "", retryAfterMs: 0 })).toBe(fault!);
});
