import { expect, test } from "bun:test";
import { Writable } from "node:stream";
import { describeCommands, describeConfig, EXIT_CODES, runCli } from "./mod.ts";
import { makeTree } from "./temporary-tree.ts";
import { makeWorld } from "./test-world.ts";

test("--version writes the version alone", async () => {
  const { world, stdout } = makeWorld();
  expect(await runCli(["--version"], world)).toBe(0);
  expect(stdout.text).toBe("1.2.3\n");
});

test.each([[[]], [["--help"]]])("%p writes the help, which names every command", async (argv) => {
  const { world, stdout } = makeWorld();
  expect(await runCli(argv, world)).toBe(0);
  const help = stdout.text;
  for (const name of ["deploy [source]", "rollback", "domain", "delete-account"]) expect(help).toContain(`  ${name}`);
});

test("help names a command as --help does, and without one is the help of all", async () => {
  const told = async (...argv: string[]) => {
    const { world, stdout } = makeWorld();
    expect(await runCli(argv, world)).toBe(0);
    return stdout.text;
  };
  expect(await told("help", "domain", "add")).toBe(await told("domain", "add", "--help"));
  expect(await told("help", "domain", "add")).toStartWith("Usage: sitepod domain add");
  expect(await told("help")).toBe(await told("--help"));
});

const usageErrors: [argv: string[], message: RegExp][] = [
  [["deply"], /^✗ Unknown command 'deply'\.\n {2}\(Did you mean deploy\?\)\n$/],
  [["deploy", "--frob"], /^✗ Unknown option '--frob'\./],
  [["deploy", "--endpoint", "ftp://x", "."], /No site is named/],
  [["domain"], /^✗ A command is missing\./],
  [["domain", "add"], /^✗ Missing required argument 'domain'\./],
  [["history", "--limit", "0"], /^✗ "0" is not a whole number between 1 and 200\./],
  [["history", "--env", "staging"], /Allowed choices are prod, beta/],
  [["preview", "--ttl", "soon"], /^✗ "soon" is not a span of time\./],
  [["preview", "--ttl", "100d", "."], /^✗ A preview lives between 60 seconds and 90 days, and not 100d\./],
  [["preview", "--slug", "v3", "."], /^✗ Preview slug "v3" looks like a release; choose another\./],
  [["preview", "--name", "Bad_Name", "."], /^✗ Site name "Bad_Name" must start with a letter/],
  [["deploy", "-n", "Bad_Name", "."], /^✗ Site name "Bad_Name" must start with a letter/],
  [["rollback", "--to", "latest"], /^✗ "latest" is not a release\./],
  [["rollback"], /^✗ No site is named\.\n {2}Add `--name <site>`/],
  [["login"], /^✗ Nobody is there to be asked, and --email is missing\./],
  [["serve"], /^✗ This is the CLI alone/],
  [["server", "fsck"], /^✗ This is the CLI alone/],
];

test.each(usageErrors)("%p is an error of usage, code 2", async (argv, message) => {
  const { world, stdout, stderr } = makeWorld({ answer: () => Response.json({ sign_up: "closed" }) });
  expect(await runCli(argv, world)).toBe(2);
  expect(stderr.text).toMatch(message);
  expect(stdout.text).toBe("");
});

test.each([[["preview", "--slug", "v3"]], [["preview", "--ttl", "100d"]], [["deploy", "--name", "Bad_Name"]]])(
  "%p is refused before anything is read or sent",
  async (words) => {
    await using home = await makeTree({});
    const asked: string[] = [];
    const { world, stderr } = makeWorld({
      cwd: home.folder,
      home: home.folder,
      answer: ({ url }) => {
        asked.push(url);
        return Response.json({});
      },
    });
    expect(await runCli([...words, "no-such-folder"], world)).toBe(2);
    expect(asked).toEqual([]);
    expect(stderr.text).not.toContain("no-such-folder");
  },
);

test("with --json a failure is one document on standard output", async () => {
  const { world, stdout, stderr } = makeWorld();
  expect(await runCli(["rollback", "--to", "x", "--json"], world)).toBe(2);
  expect(JSON.parse(stdout.text)).toEqual({
    error: "usage",
    message: '"x" is not a release. Write its number, such as v3, or its img_… id.',
  });
  expect(stderr.text).toBe("");
});

test("with --json a result is one document on standard output, and nothing else is written", async () => {
  const { world, stdout, stderr } = makeWorld({ answer: () => Response.json([]) });
  expect(await runCli(["--json", "list"], world)).toBe(0);
  expect(JSON.parse(stdout.text)).toEqual([]);
  expect(stderr.text).toBe("");
});

test("a command that waits for the server says so while it waits", async () => {
  const waiting = new AbortController();
  let told = "";
  const stderr = new Writable({
    write(chunk: Buffer, _, done) {
      told += chunk.toString();
      waiting.abort();
      done();
    },
  });
  const { world } = makeWorld({
    signal: waiting.signal,
    stderr,
    answer: () =>
      Response.json(
        { error: "unavailable", message: "The database is away." },
        { status: 503, headers: { "retry-after": "60" } },
      ),
  });
  expect(await runCli(["list"], world)).toBe(130);
  expect(told).toStartWith("! The database is away. Trying again in 60 s.\n");
});

test("without a token it says how to get one, code 3", async () => {
  const { world, stderr } = makeWorld({ env: { SITEPOD_ENDPOINT: "http://server.test" } });
  expect(await runCli(["list"], world)).toBe(3);
  expect(stderr.text).toBe(
    "✗ You are not logged in to http://server.test.\n  Run `sitepod login`, or set SITEPOD_TOKEN.\n",
  );
});

test("the token is sent, and the server's refusal of it is code 3", async () => {
  const tokens: (string | null)[] = [];
  const { world } = makeWorld({
    answer: (request) => {
      tokens.push(request.headers.get("authorization"));
      return Response.json({ error: "unauthorized", message: "No." }, { status: 401 });
    },
  });
  expect(await runCli(["list"], world)).toBe(3);
  expect(tokens).toEqual(["Bearer sitepod_test"]);
});

test("all faults of sitepod.toml are told at once, code 2", async () => {
  await using tree = await makeTree({ "sitepod.toml": "[deploy]\nconcurrent = 0\nconcurent = 1\n" });
  const { world, stderr } = makeWorld({ cwd: tree.folder });
  expect(await runCli(["history"], world)).toBe(2);
  expect(stderr.text).toBe(
    `✗ ${tree.folder}/sitepod.toml is not right:\n` +
      "  - deploy.concurrent: must be a number between 1 and 100\n" +
      "  - deploy.concurent: is not a setting; did you mean deploy.concurrent?\n",
  );
});

test("sitepod.toml is found from a folder below it", async () => {
  await using tree = await makeTree({ "sitepod.toml": '[project]\nname = "shop"', "src/deep/x": "" });
  const asked: string[] = [];
  const { world } = makeWorld({
    cwd: `${tree.folder}/src/deep`,
    answer: ({ url }) => {
      asked.push(url);
      return Response.json({ items: [] });
    },
  });
  expect(await runCli(["history"], world)).toBe(0);
  expect(asked).toEqual(["http://server.test/api/v1/history?project=shop&limit=20"]);
});

test("a question that nobody is there to answer fails, and --yes answers it", async () => {
  const { world, stderr } = makeWorld({ answer: () => Response.json({ deleted: true }) });
  expect(await runCli(["domain", "remove", "a.example.com"], world)).toBe(2);
  expect(stderr.text).toContain("Add --yes if that is what you want.");
  expect(await runCli(["domain", "remove", "a.example.com", "-y"], world)).toBe(0);
});

test("the home folder and what holds it are not deployed without --yes", async () => {
  await using home = await makeTree({ "me/notes.txt": "private" });
  const { world, stderr } = makeWorld({ home: `${home.folder}/me` });
  for (const folder of ["me", "."]) {
    expect(await runCli(["deploy", `${home.folder}/${folder}`, "-n", "site"], world)).toBe(2);
    expect(stderr.text).toContain("holds your home folder");
  }
});

test("a folder that is empty or not there fails before anything is sent", async () => {
  await using tree = await makeTree({ ".hidden": "x" });
  const { world, stderr } = makeWorld({ cwd: tree.folder, answer: () => Response.json({ upload_mode: "direct" }) });
  expect(await runCli(["deploy", "dist", "-n", "site"], world)).toBe(4);
  expect(stderr.text).toContain("There is no folder dist.");
  expect(await runCli(["deploy", ".", "-n", "site"], world)).toBe(1);
  expect(stderr.text).toContain("There is nothing to deploy in .: 1 entry left out by `deploy.ignore`.");
});

test("a bug shows its stack only with --debug", async () => {
  const { world, stderr } = makeWorld({ answer: () => Response.json({ items: "not a list" }) });
  expect(await runCli(["history", "-n", "site"], world)).toBe(1);
  expect(stderr.text).not.toContain("    at ");
  expect(await runCli(["history", "-n", "site", "--debug"], world)).toBe(1);
  expect(stderr.text).toContain("    at ");
});

test("the reference describes every command, every setting and every exit code", async () => {
  const commands = await describeCommands();
  expect(commands.map(({ usage }) => usage)).toContain("sitepod deploy [source]");
  expect(commands.find(({ usage }) => usage === "sitepod preview [source]")?.options).toContainEqual({
    flags: "--ttl <span>",
    doc: "How long it lives: 24h, 7d or seconds; 90 days at most",
    default: "24h",
  });
  expect((await describeConfig()).map(({ file }) => file)).toEqual([
    "sitepod.toml",
    "~/.sitepod/config.toml",
    "environment",
  ]);
  expect(EXIT_CODES.map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 130]);
});
