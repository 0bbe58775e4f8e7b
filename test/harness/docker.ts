import { chmod, cp, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startProcess } from "./running-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** A Docker Engine of the test's own, beside any other, with nothing in it. */
export interface Docker extends AsyncDisposable {
  /** Runs `docker …` or `docker-compose …`. Throws with what it printed where it fails. */
  run(command: readonly string[], cwd: string, env?: Readonly<Record<string, string>>): Promise<string>;
  /** Makes an image of that name that has these programs of this machine, with the libraries they need, and no more. */
  makeImage(name: string, programs: readonly string[], librariesOf: readonly string[]): Promise<void>;
}

const needed = ["dockerd", "docker", "docker-compose"];

/** Why there can be none here; undefined where there can. */
export const dockerIsMissing: string | undefined =
  process.platform !== "linux" || process.getuid?.() !== 0
    ? "a Docker Engine takes root on Linux"
    : needed.filter((name) => Bun.which(name) === null).map((name) => `${name} is not installed`)[0];

/** Starts it without rules for the firewall, so that the machine is left as it was: ports are handed on by a process. */
export async function startDocker(): Promise<Docker> {
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await temporaryFolder());
  const at = (name: string) => join(folder.path, name);
  const socket = `unix://${at("docker.sock")}`;
  const places = ["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid"), "--host", socket];
  const nothingOutside = ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"];
  const engine = startProcess(["dockerd", ...places, ...nothingOutside, "--storage-driver=vfs"], { cwd: folder.path });
  cleanup.defer(() => engine.end("SIGTERM"));

  async function run(command: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
    const child = Bun.spawn([...command], {
      cwd,
      env: { PATH: process.env.PATH ?? "", HOME: folder.path, DOCKER_HOST: socket, ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [output, said] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    if ((await child.exited) === 0) return output;
    throw new Error(`${command.join(" ")}: ${said}${output}`);
  }
  await waitUntil(
    "the engine answers",
    () =>
      run(["docker", "info"], folder.path).then(
        () => true,
        () => false,
      ),
    {
      describe: engine.output,
    },
  );

  async function makeImage(name: string, programs: readonly string[], librariesOf: readonly string[]): Promise<void> {
    const image = at("image");
    const files = new Set(programs.map((program) => Bun.which(program)!));
    for (const file of [...files, ...librariesOf]) {
      for (const [library] of (await run(["ldd", file], folder.path)).matchAll(/\/\S+/g)) files.add(library);
    }
    for (const file of files) {
      const to = join(image, file);
      await mkdir(dirname(to), { recursive: true });
      await cp(file, to, { dereference: true });
    }
    for (const name of ["tmp", "data", "usr/local/bin"]) await mkdir(join(image, name), { recursive: true });
    await chmod(join(image, "tmp"), 0o1777);
    await run(["tar", "--create", "--file", at("image.tar"), "--directory", image, "."], folder.path);
    await run(["docker", "import", at("image.tar"), name], folder.path);
    await rm(image, { recursive: true });
  }

  const owned = cleanup.move();
  return { run, makeImage, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
