import { expect, test } from "bun:test";
import { chmod, chown, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { blobKey } from "#model";
import { hashBytes } from "#store";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { deployClient } from "../harness/deploy-client.ts";
import { executable } from "../harness/repository.ts";
import { startProcess } from "../harness/running-process.ts";
import { startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { waitUntil } from "../harness/wait-until.ts";

/** Of no account, as a service's user may be. */
const OTHER_USER = 64_321;
const mayBeOthers = process.platform === "linux" && process.getuid?.() === 0 && Bun.which("setpriv") !== null;
const asOther = (command: readonly string[]) => [
  "setpriv",
  `--reuid=${OTHER_USER}`,
  `--regid=${OTHER_USER}`,
  "--clear-groups",
  ...command,
];

const ended = (running: ReturnType<typeof startProcess>) =>
  waitUntil("it ends", () => running.exitCode() !== undefined);

test("a server that fails once its ports are open ends with 1 and says what is wrong, rather than answer that it is starting", async () => {
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, "data"));
  await writeFile(join(folder.path, "data", "sites"), "a file where a folder belongs");
  const command = [executable, "serve", "--data", join(folder.path, "data"), "--port", "0"];
  await using running = startProcess(command, { cwd: folder.path });
  await ended(running);
  expect([running.exitCode(), running.output()]).toEqual([
    1,
    expect.stringContaining("sites/ is a file, or below one"),
  ]);
});

test("a server that waits for its bucket while it starts ends when it is told to", async () => {
  await using folder = await temporaryFolder();
  const asked = Promise.withResolvers<void>();
  using bucket = Bun.serve({
    port: 0,
    fetch() {
      asked.resolve();
      return new Promise<Response>(() => {});
    },
  });
  const env = {
    SITEPOD_STORAGE_TYPE: "s3",
    SITEPOD_S3_BUCKET: "sites",
    SITEPOD_S3_REGION: "us-east-1",
    SITEPOD_S3_ENDPOINT: `http://127.0.0.1:${bucket.port}`,
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
  };
  await using running = startProcess([executable, "serve", "--port", "0"], { cwd: folder.path, env });
  await asked.promise;
  await running.end("SIGTERM");
  expect([running.exitCode(), running.output()]).toEqual([0, expect.stringContaining("Stopped before it had started")]);
});

test.skipIf(!mayBeOthers)(
  "a data folder of another user is told as that, by the server and by commands (needs root on Linux and setpriv)",
  async () => {
    await using folder = await temporaryFolder();
    await chown(folder.path, OTHER_USER, OTHER_USER);
    await using before = await startServer({ data: join(folder.path, "data") });
    await register(before.url);
    await before.stop();
    expect((await stat(before.data)).mode & 0o777).toBe(0o700);
    const data = ["--data", join(folder.path, "data")];
    for (const [argv, reason] of [
      [["serve", ...data, "--port", "0"], "must belong to the user that runs this"],
      [
        ["server", "backup", join(folder.path, "backup"), ...data],
        "may not be read or written by the user that runs this",
      ],
    ] as const) {
      await using running = startProcess(asOther([executable, ...argv]), { cwd: folder.path });
      await ended(running);
      expect([running.exitCode(), running.output()]).toEqual([1, expect.stringContaining(reason)]);
      expect(running.output()).not.toContain("a fault of sitepod");
    }
  },
);

test.skipIf(!mayBeOthers)(
  "root repairs nothing in the folder of another user's server, which could not read it (needs root on Linux and setpriv)",
  async () => {
    await using folder = await temporaryFolder();
    const [data, backup] = [join(folder.path, "data"), join(folder.path, "backup")];
    await using server = await startServer({ data });
    await using operator = await commandLine({ by: "executable" });
    const { token } = await register(server.url);
    await deployClient({ endpoint: server.url, token }).deploy("shop", { "index.html": "shop" }, "prod");
    await server.stop();
    await operator.run(["server", "backup", backup, "--data", data]);
    const blob = join(data, blobKey(hashBytes(new TextEncoder().encode("shop"))));
    await writeFile(blob, "torn");
    for (const name of ["", "lock", "db", "db/sitepod.db"]) await chown(join(data, name), OTHER_USER, OTHER_USER);

    const repair = ["server", "fsck", "--data", data, "--repair", "--from", backup];
    const refused = await operator.run(repair);
    expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining(`sudo -u '#${OTHER_USER}'`)]);
    expect(await readFile(blob, "utf8")).toBe("torn");

    for (const name of ["", "lock", "db", "db/sitepod.db"]) await chown(join(data, name), 0, 0);
    expect(await operator.run(repair)).toMatchObject({ code: 0 });
    expect((await stat(blob)).uid).toBe(0);
    expect(await readFile(blob, "utf8")).toBe("shop");
  },
);

test.skipIf(!mayBeOthers)(
  "a database that a user may not read is no damage, and no reason to restore one (needs root on Linux and setpriv)",
  async () => {
    await using folder = await temporaryFolder();
    const data = join(folder.path, "data");
    await using server = await startServer({ data });
    await register(server.url);
    await server.stop();
    for (const path of [folder.path, data]) await chown(path, OTHER_USER, OTHER_USER);
    const database = join(data, "db", "sitepod.db");
    await Bun.$`chmod -R a+rX ${data} && chmod 600 ${database}`.quiet();
    await using fsck = startProcess(asOther([executable, "server", "fsck", "--data", data]), { cwd: folder.path });
    await ended(fsck);
    expect([fsck.exitCode(), fsck.output()]).toEqual([
      1,
      expect.stringContaining("and may be whole: run this as the server's user"),
    ]);
  },
);

test.skipIf(!mayBeOthers)(
  "what the server's user may not read is named by fsck and by a backup, which go on with the rest (needs root on Linux and setpriv)",
  async () => {
    await using folder = await temporaryFolder();
    const [data, backup] = [join(folder.path, "data"), join(folder.path, "backup")];
    await using server = await startServer({ data });
    const { token } = await register(server.url);
    const files = { "index.html": "shop", "about.html": "about" };
    await deployClient({ endpoint: server.url, token }).deploy("shop", files, "prod");
    await server.stop();
    await Bun.$`chown -R ${OTHER_USER}:${OTHER_USER} ${folder.path}`.quiet();
    const [unreadable, torn] = ["shop", "about"].map((text) => blobKey(hashBytes(new TextEncoder().encode(text))));
    await chmod(join(data, unreadable!), 0);
    const run = async (...words: string[]) => {
      await using running = startProcess(asOther([executable, "server", ...words]), {
        cwd: folder.path,
      });
      await ended(running);
      return [running.exitCode(), running.output()];
    };
    const advice = `may not be read by the user that runs this: give ${join(data, unreadable!)} to the server's user`;
    expect(await run("backup", backup, "--data", data)).toEqual([
      1,
      expect.stringContaining(`  ${unreadable} ${advice}`),
    ]);
    expect(await run("backups", backup)).toEqual([0, expect.stringContaining("1 damaged")]);

    await writeFile(join(data, torn!), "torn");
    const documents = ["releases/shop/v1.json", "sites/shop.json"];
    for (const key of documents) await chmod(join(data, key), 0);
    const checked = await run("fsck", "--data", data);
    expect(checked).toEqual([1, expect.stringContaining(`${unreadable} ${advice}`)]);
    expect(checked[1]).toContain("    shop prod index.html\n");
    for (const key of documents) expect(checked[1]).toContain(`${key} may not be read by the user that runs this`);
    expect(checked[1]).toContain(`${torn} has another content than its name says.`);

    await run("fsck", "--data", data, "--repair");
    await chmod(join(data, unreadable!), 0o600);
    expect(await readFile(join(data, unreadable!), "utf8")).toBe("shop");
  },
);

test("a server tells of variables that it ignores, and starts beside what Kubernetes sets", async () => {
  await using folder = await temporaryFolder();
  const env = { SITEPOD_GC_EVRY: "3", SITEPOD_HTTPS_PORT: "tcp://10.96.0.12:443" };
  await using server = await startServer({ data: join(folder.path, "data"), env });
  expect(server.output()).toContain("SITEPOD_GC_EVRY is set, is no variable of sitepod, and is ignored");
  expect(server.output()).toContain("SITEPOD_HTTPS_PORT is not used: Kubernetes set it");
});
