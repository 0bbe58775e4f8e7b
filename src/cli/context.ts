import type { ApiClient } from "./api-client.ts";
import type { GlobalFlags } from "./global-flags.ts";
import { Failure } from "./failure.ts";
import type { Project } from "./project/project-file.ts";
import type { ServerChoice } from "./project/server-choice.ts";
import { createPaint, type Paint, wantsColor } from "./terminal/paint.ts";
import { createReport, type Report, silentReport } from "./terminal/report.ts";
import type { World } from "./world.ts";

/** What a command works with. Files are read only when it asks for what is in them. */
export interface Context {
  readonly world: World;
  readonly flags: GlobalFlags;
  /** Colours results, on standard output. */
  readonly paint: Paint;
  readonly report: Report;
  /** Whether somebody is there to answer questions. */
  readonly isInteractive: boolean;
  project(): Promise<Project | undefined>;
  /** Makes `project` look again, after the file was written. */
  forgetProject(): void;
  /** The server, with a token or without one. Throws a Failure of `usage` where none is known. */
  server(): Promise<ServerChoice & { readonly endpoint: string }>;
  /** A client that is logged in. Throws a Failure of `not_logged_in` where there is no token. */
  client(): Promise<ApiClient>;
  /** A client for whoever runs the server: with its admin token, or logged in. Throws as `client` does. */
  operator(): Promise<ApiClient>;
  /** The site that is meant. Throws a Failure of `usage` where neither the option nor the project names one. */
  site(name: string | undefined): Promise<string>;
}

/** Loaded when a command wants it: the help needs no parser of TOML. */
const files = () => import("./project/mod.ts");

export function createContext(outside: World, flags: GlobalFlags): Context {
  const report = flags.json
    ? silentReport
    : createReport({
        output: outside.stderr,
        paint: createPaint(wantsColor(outside.stderr, outside.env)),
        now: outside.now,
      });
  const world: World = { ...outside, tellWait: onlyNews((text) => report.warn(text)) };
  let project: Promise<Project | undefined> | undefined;
  const findOnce = () => (project ??= files().then(({ findProject }) => findProject(world.cwd)));

  async function server() {
    const { chooseServer, readMachineConfig } = await files();
    const [found, machine] = await Promise.all([findOnce(), readMachineConfig(world.home)]);
    const choice = chooseServer({
      flag: flags.endpoint,
      workspaceFlag: flags.workspace,
      env: world.env,
      project: found?.toml.endpoint,
      machine,
    });
    if (choice.endpoint !== undefined) return { ...choice, endpoint: choice.endpoint };
    throw new Failure("usage", "No server is set.", {
      code: "no_server",
      next: "Run `sitepod login --endpoint https://your-server`, or set SITEPOD_ENDPOINT.",
    });
  }

  async function client() {
    const { endpoint, token, workspace } = await server();
    if (token) {
      const { createApiClient } = await import("./api-client.ts");
      const client = createApiClient(world, endpoint, token);
      if (workspace === undefined) return client;
      const { findWorkspace } = await import("./find-workspace.ts");
      return createApiClient(world, endpoint, token, { workspaceId: await findWorkspace(client, workspace) });
    }
    throw new Failure("not_logged_in", `You are not logged in to ${endpoint}.`, {
      next: "Run `sitepod login`, or set SITEPOD_TOKEN.",
    });
  }

  return {
    world,
    flags,
    paint: createPaint(wantsColor(world.stdout, world.env)),
    report,
    isInteractive: isInteractive(world, flags),
    project: findOnce,
    forgetProject: () => (project = undefined),
    server,
    client,
    async operator() {
      const adminToken = world.env["SITEPOD_ADMIN_TOKEN"];
      if (!adminToken) return await client();
      const { createApiClient } = await import("./api-client.ts");
      return createApiClient(world, (await server()).endpoint, undefined, { adminToken });
    },
    async site(name) {
      const known = name ?? (await findOnce())?.toml.name;
      if (known) return known;
      throw new Failure("usage", "No site is named.", {
        next: "Add `--name <site>`, or run `sitepod init` to write a sitepod.toml.",
      });
    },
  };
}

function isInteractive({ env, stdin, stderr }: World, flags: GlobalFlags): boolean {
  return stdin.isTTY === true && stderr.isTTY === true && !flags.json && !flags.yes && !env["CI"];
}

/** Many files that are sent at the same time wait for the same thing. */
function onlyNews(tell: (text: string) => void): (text: string) => void {
  let last: string | undefined;
  return (text) => {
    if (text !== last) tell(text);
    last = text;
  };
}
