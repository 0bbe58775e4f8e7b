import { expect, test } from "bun:test";
import { openCommand } from "./browser.ts";

const PLATFORMS = ["linux", "darwin", "win32"];

test("a web page is opened by the system's own program", () => {
  const url = "https://example.com/device?user_code=ABCD2345";
  expect(PLATFORMS.map((platform) => openCommand(platform, url)?.at(-1))).toEqual([url, url, url]);
});

test.each(["file:///etc/passwd", "\\\\evil.example\\share\\run.exe", "/bin/sh", "--help", "vscode://x", ""])(
  "%p, which a server might name, is not opened",
  (url) => {
    expect(PLATFORMS.map((platform) => openCommand(platform, url))).toEqual([undefined, undefined, undefined]);
  },
);
