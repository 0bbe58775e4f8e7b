import { expect, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { openMemoryStore } from "#store";
import { createChallenges, createDnsHook, createIssue } from "../../src/pki/mod.ts";
import { nameServerIsMissing, startNameServer } from "../harness/name-server.ts";
import { pebbleIsMissing, startPebble } from "../harness/pebble.ts";
import { root } from "../harness/repository.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";

const ZONE = "rfc2136.test";
const isMissing =
  [pebbleIsMissing, nameServerIsMissing].some((reason) => reason !== undefined) || !Bun.which("nsupdate");

/** The script that the guide shows, with the reader's name server and key put in. */
async function scriptOfTheGuide(port: number, keyFile: string): Promise<string> {
  const page = await Bun.file(join(root, "docs/https.md")).text();
  const script = /```sh\n(#!\/bin\/sh\n[^`]+)```/.exec(page)![1]!;
  return script.replace("server ns1.example.com", `server 127.0.0.1 ${port}`).replace(/-k \S+/, `-k ${keyFile}`);
}

test.skipIf(isMissing)(
  "the hook of the guide gets a wildcard through a real name server, and leaves no record (needs Knot, curl and Pebble)",
  async () => {
    await using folder = await temporaryFolder();
    await using names = await startNameServer(ZONE);
    await using pebble = await startPebble({ dnsServer: `${names.address}:${names.port}` });
    const hook = join(folder.path, "dns-hook");
    await Bun.write(hook, await scriptOfTheGuide(names.port, names.keyFile));
    await chmod(hook, 0o755);

    const { documents } = openMemoryStore();
    const issue = createIssue({
      documents,
      challenges: createChallenges(documents),
      dns: createDnsHook(hook, process.env),
      email: undefined,
      roots: await Bun.file(pebble.rootsFile).text(),
    });
    const wanted = { names: [ZONE, `*.${ZONE}`], challenge: "dns-01" } as const;
    expect((await issue({ directory: pebble.directory }, wanted)).names).toEqual([ZONE, `*.${ZONE}`]);
    const ask = ["dig", "@127.0.0.1", "-p", String(names.port), "+short", "TXT", `_acme-challenge.${ZONE}`];
    expect(await new Response(Bun.spawn(ask, { stdout: "pipe" }).stdout).text()).toBe("");
  },
);

test("a hook that fails says why, and shows no value in its arguments", async () => {
  await using folder = await temporaryFolder();
  const hook = join(folder.path, "dns-hook");
  await Bun.write(hook, '#!/bin/sh\necho "no such zone, $# arguments" >&2\nexit 3\n');
  await chmod(hook, 0o755);
  const present = createDnsHook(hook, process.env).present("_acme-challenge.a.test", "value");
  await expect(present).rejects.toThrow("no such zone, 0 arguments");
});
