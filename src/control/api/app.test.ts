import { expect, test } from "bun:test";
import type { Context } from "../context.ts";
import type { Accounts } from "../identity/accounts.ts";
import { createApi } from "./app.ts";

test("the documents that anybody may ask for are made once", async () => {
  let made = 0;
  const settings = {
    maxFilesPerDeploy: 1,
    get version() {
      made++;
      return "1.2.3";
    },
  };
  const context = { settings, addresses: { console: "http://localhost" }, nowMs: () => 0, db: {}, store: {} };
  const answer = createApi(context as unknown as Context, {} as Accounts, () => "");
  const before = made;
  const paths = ["/api/v1/openapi.json", "/api/docs", "/api/v1/openapi.json", "/api/docs"];
  const texts = await Promise.all(
    paths.map(async (path) => await (await answer(new Request(`http://localhost${path}`), null)).text()),
  );
  expect(made - before).toBe(1);
  for (const text of texts) expect(text).toContain("/api/v1/upload/{plan_id}/{hash}");
  expect(texts[2]).toBe(texts[0]!);
});
