import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeTree } from "./file-tree.ts";
import { cacheFolder } from "./repository.ts";

/** Tells whether Debian's packages can be had here. */
export const hasDebianPackages: boolean = Bun.which("apt-get") !== null && Bun.which("dpkg") !== null;

/** Tells whether hugo is installed. */
export const hasHugo: boolean = Bun.which("hugo") !== null;

/** Downloads a Debian package and unpacks it, without installing it. Returns the folder; kept from run to run. */
export function unpackDebianPackage(name: string): Promise<string> {
  return buildOnce(join(cacheFolder, "debian", name), async (folder) => {
    const archives = `${folder}.download`;
    await mkdir(archives, { recursive: true });
    // As root, apt warns of a folder that its own user cannot enter, and goes on.
    await run(["apt-get", "download", "--quiet=2", name], archives);
    const archive = (await readdir(archives)).find((file) => file.endsWith(".deb"));
    if (archive === undefined) throw new Error(`apt-get downloaded nothing for ${name}`);
    await run(["dpkg", "-x", join(archives, archive), folder], archives);
    await rm(archives, { recursive: true });
  });
}

/** Builds a site of `pages` pages by hugo. Returns the folder of the built site; kept from run to run. */
export function buildHugoSite(pages: number): Promise<string> {
  return buildOnce(join(cacheFolder, "hugo", String(pages)), async (folder) => {
    const source = `${folder}.source`;
    await writeTree(source, hugoSource(pages));
    await run(["hugo", "--quiet", "--destination", folder], source);
    await rm(source, { recursive: true });
  });
}

function hugoSource(pages: number): Record<string, string> {
  const page = '<!doctype html><html lang="en"><title>{{ .Title }}</title><link rel="stylesheet" href="{{ $css }}">';
  const style = '{{ $css := (resources.Get "main.css" | fingerprint).RelPermalink }}';
  const files: Record<string, string> = {
    "config.toml": 'baseURL = "/"\ntitle = "Notes"\ndisableKinds = []\n[taxonomies]\ntag = "tags"\n',
    "assets/main.css": "body { font: 1rem/1.5 sans-serif }\n",
    "layouts/_default/single.html": `${style}${page}<h1>{{ .Title }}</h1>{{ .Content }}`,
    "layouts/_default/list.html": `${style}${page}<ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}</ul>`,
    "layouts/404.html": `${style}${page}<h1>Not here</h1>`,
    "static/robots.txt": "User-agent: *\nAllow: /\n",
    "static/Umlaut ä & Co.txt": "a name with spaces, an ampersand and an umlaut\n",
  };
  for (let number = 1; number <= pages; number++) {
    files[`content/notes/note-${number}.md`] =
      `---\ntitle: "Note ${number}"\ntags: ["tag-${number % 7}"]\n---\n\n${"Some *text* in this note. ".repeat(number % 40)}\n`;
  }
  return files;
}

/** Runs `build` on a folder aside and puts it into place when whole, so that an interrupted run leaves no half. */
async function buildOnce(folder: string, build: (aside: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  const aside = `${folder}.${process.pid}`;
  await mkdir(aside, { recursive: true });
  try {
    await build(aside);
    await rename(aside, folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return folder;
}

async function run(command: string[], cwd: string): Promise<void> {
  const child = Bun.spawn(command, { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed:\n${output}${errors}`);
}
