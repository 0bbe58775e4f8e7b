import { expect, test } from "bun:test";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executable, root } from "../harness/repository.ts";
import { startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";

const shipped = (name: string): Promise<string> => readFile(join(root, "docs", "public", name), "utf8");

/** Runs a command to its end. */
async function run(command: readonly string[], cwd: string, env: Record<string, string> = {}) {
  const child = Bun.spawn([...command], { cwd, env: { PATH: process.env.PATH ?? "", ...env }, stderr: "pipe" });
  const [output, said] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, output, said };
}

const succeeds = (command: readonly string[]): boolean =>
  Bun.which(command[0]!) !== null && Bun.spawnSync([...command], { stderr: "ignore" }).exitCode === 0;

/** Of the unit: 0 would be a service that can do nothing, 100 one that is held by nothing. */
const MAX_EXPOSURE = 25;

test.skipIf(!succeeds(["systemd-analyze", "--version"]))(
  "systemd finds nothing wrong with the unit, and that it is well confined (needs systemd-analyze)",
  async () => {
    await using folder = await temporaryFolder();
    const unit = join(folder.path, "sitepod.service");
    await writeFile(unit, (await shipped("sitepod.service")).replace("/usr/local/bin/sitepod", executable));
    const verified = await run(["systemd-analyze", "verify", unit], folder.path);
    expect(verified).toEqual({ code: 0, output: "", said: "" });
    const command = ["systemd-analyze", "security", "--offline=true", `--threshold=${MAX_EXPOSURE}`, unit];
    const confined = await run(command, folder.path);
    expect([confined.code, confined.output.trim().split("\n").at(-1)]).toEqual([0, expect.any(String)]);
  },
);

const compose = [["docker", "compose"], ["docker-compose"]].find((command) => succeeds([...command, "version"]));

test.skipIf(!compose)("Docker Compose reads its file, and refuses it without a domain (needs Compose)", async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "compose.yaml"), await shipped("compose.yaml"));
  const command = [...compose!, "-f", "compose.yaml", "config"];
  const env = { HOME: folder.path, SITEPOD_DOMAIN: "example.com", SITEPOD_ACME_EMAIL: "you@example.com" };
  const read = await run(command, folder.path, env);
  expect([read.code, read.output]).toEqual([0, expect.stringContaining("SITEPOD_DOMAIN: example.com")]);
  const refused = await run(command, folder.path, { HOME: folder.path });
  expect(refused.code).not.toBe(0);
  expect(refused.said).toContain("the domain under which sites live");
});

interface ComposeFile {
  readonly services: { readonly sitepod: { readonly healthcheck: { readonly test: readonly string[] } } };
}

test.skipIf(process.platform === "win32")(
  "the check of health in the Compose file tells a server that is ready (not on Windows)",
  async () => {
    await using server = await startServer();
    const { services } = Bun.YAML.parse(await shipped("compose.yaml")) as ComposeFile;
    const [kind, ...command] = services.sitepod.healthcheck.test;
    expect(kind).toBe("CMD");
    const check = command.map((part) => part.replace("127.0.0.1/80", `127.0.0.1/${server.port}`));
    const isReady = async () => (await run(check, server.data)).code === 0;
    expect(await isReady()).toBe(true);
    await rename(join(server.data, "blobs"), join(server.data, "blobs.away"));
    await waitUntil("it tells that the server is not", async () => !(await isReady()));
  },
);

test("the unit in the documentation is the one that is shipped", async () => {
  const page = await readFile(join(root, "docs", "self-hosting.md"), "utf8");
  const [, shown] = /```ini\n([^]*?)```/.exec(page)!;
  expect(shown).toBe(await shipped("sitepod.service"));
});
