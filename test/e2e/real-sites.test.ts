import { expect, test } from "bun:test";
import { appendFile, cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { register } from "../harness/account.ts";
import { commandLine } from "../harness/command-line.ts";
import { listTree, readTreeFile } from "../harness/file-tree.ts";
import { buildHugoSite, hasDebianPackages, hasHugo, unpackDebianPackage } from "../harness/real-sites.ts";
import { type Server, startServer } from "../harness/server.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";
import { fetchHost } from "../harness/tenant.ts";

/**
 * Lists the files that do not come back byte for byte, or without a media type, or whose page has no charset. Hidden files
 * are not deployed unless the site's configuration says so.
 */
async function findFaults(server: Server, host: string, folder: string): Promise<string[]> {
  const faults: string[] = [];
  for (const path of await listTree(folder)) {
    if (path.startsWith(".")) continue;
    const response = await follow(server, host, `/${path.split("/").map(encodeURIComponent).join("/")}`);
    const body = Buffer.from(await response.arrayBuffer());
    const type = response.headers.get("Content-Type") ?? "none";
    if (response.status !== 200) faults.push(`${path}: status ${response.status}`);
    else if (!body.equals(await readTreeFile(folder, path))) faults.push(`${path}: other bytes`);
    else if (path.endsWith(".html") && type !== "text/html; charset=utf-8") faults.push(`${path}: type ${type}`);
    else if (!/^[a-z]+\/[a-z0-9.+-]+/.test(type)) faults.push(`${path}: type ${type}`);
  }
  return faults;
}

/** Asks as browsers do: an HTML file's own path leads to its address. */
async function follow(server: Server, host: string, path: string): Promise<Response> {
  const response = await fetchHost(server, host, path);
  return response.status === 307 ? await fetchHost(server, host, response.headers.get("Location")!) : response;
}

const countBlobs = async (server: Server) => (await listTree(join(server.data, "blobs"))).length;

/** Copies the regular files: Debian links some to other packages, which are not there. */
async function copyFiles(from: string, to: string): Promise<void> {
  for (const path of await listTree(from)) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await cp(join(from, path), join(to, path));
  }
}

const sites = [
  {
    name: "python-docs",
    what: "Debian's documentation of Python",
    available: hasDebianPackages,
    fetch: async () => join(await unpackDebianPackage("python3.11-doc"), "usr/share/doc/python3.11/html"),
    leastFiles: 1000,
    by: "executable",
  },
  {
    name: "notes",
    what: "a site of 300 pages built by hugo",
    available: hasHugo,
    fetch: () => buildHugoSite(300),
    leastFiles: 300,
    by: "node",
  },
] as const;

for (const site of sites) {
  test.skipIf(!site.available)(
    `${site.what} comes back byte for byte, deployed by the ${site.by === "node" ? "npm package" : "executable"}`,
    async () => {
      await using folder = await temporaryFolder();
      await copyFiles(await site.fetch(), folder.path);
      expect((await listTree(folder.path)).length).toBeGreaterThan(site.leastFiles);

      await using server = await startServer();
      const { token } = await register(server.url);
      await using person = await commandLine({ endpoint: server.url, token, by: site.by });
      const deploy = () => person.run(["deploy", folder.path, "--prod", "--name", site.name, "--yes", "--json"]);
      const first = await deploy();
      expect(first.code).toBe(0);
      expect(first.json).toMatchObject({ files: { reused: 0 } });
      expect(await findFaults(server, `${site.name}.${server.domain}`, folder.path)).toEqual([]);

      const identical = await deploy();
      const { content_hash } = first.json as { content_hash: string };
      expect(identical.json).toMatchObject({ content_hash, version: "v2", files: { new: 0, uploaded_bytes: 0 } });

      const before = await countBlobs(server);
      await appendFile(join(folder.path, "index.html"), "<!-- changed -->");
      const changed = await deploy();
      expect(changed.json).toMatchObject({ version: "v3", files: { new: 1 } });
      // The page and the new manifest.
      expect((await countBlobs(server)) - before).toBe(2);
      expect(await findFaults(server, `${site.name}.${server.domain}`, folder.path)).toEqual([]);
    },
  );
}
