import { expect, test } from "bun:test";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../harness/repository.ts";

/** Offsets and bytes that tell system and processor: ELF e_machine, Mach-O cputype, PE signature "MZ". */
const targets = [
  { name: "linux-arm64", file: "sitepod-linux-arm64", addon: "blake.linux-arm64", at: 18, bytes: "b700" },
  { name: "darwin-arm64", file: "sitepod-darwin-arm64", addon: "blake.darwin-arm64", at: 0, bytes: "cffaedfe0c000001" },
  { name: "windows-x64", file: "sitepod-windows-x64.exe", addon: "blake.win32-x64", at: 0, bytes: "4d5a" },
];

test.each(targets)("$name is built here, with its own BLAKE3 inside", async ({ name, file, addon, at, bytes }) => {
  const build = Bun.spawn([process.execPath, "scripts/build.ts", "--target", name], {
    cwd: root,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([new Response(build.stdout).text(), new Response(build.stderr).text()]);
  expect({ code: await build.exited, output: output + errors }).toEqual({
    code: 0,
    output: expect.stringContaining(file),
  });

  await using built = await open(join(root, "dist", file));
  const head = Buffer.alloc(bytes.length / 2);
  await built.read(head, 0, head.length, at);
  expect(head.toString("hex")).toBe(bytes);
  expect((await built.readFile()).includes(`${addon}`)).toBe(true);
});
