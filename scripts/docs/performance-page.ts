import { formatTable, heading } from "./markdown.ts";

interface Speed {
  readonly requests_per_s: number;
  readonly requests_per_cpu_s: number;
}

interface Verdict {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly met: boolean;
}

/** What `npm run bench` printed: docs/performance.json. */
export interface Figures {
  readonly serve: {
    readonly machine: { readonly processor: string; readonly cores: number };
    readonly results: Readonly<Record<string, Readonly<Record<"sitepod" | "nginx" | "caddy", Speed>>>>;
    readonly goals: readonly Verdict[];
  };
  readonly deploy: {
    readonly trees: Readonly<Record<string, Readonly<Record<(typeof DEPLOY_COLUMNS)[number][0], number>>>>;
    /** Of small files, most of them last. */
    readonly memory: readonly DeployMemory[];
    /** Milliseconds. */
    readonly rollback: { readonly p50_ms: number; readonly p99_ms: number };
  };
}

interface DeployMemory {
  readonly files: number;
  readonly server_peak_mib: number;
  readonly command_line_peak_mib: number;
}

const DEPLOY_COLUMNS = [
  ["files", "files"],
  ["first_deploy_ms", "first deploy, ms"],
  ["rsync_first_ms", "rsync, ms"],
  ["one_file_changed_ms", "one file changed, ms"],
  ["rsync_one_file_changed_ms", "rsync, ms"],
  ["nothing_changed_ms", "nothing changed, ms"],
  ["rsync_nothing_changed_ms", "rsync, ms"],
  ["server_peak_mib", "server, MiB at most"],
  ["command_line_peak_mib", "command line, MiB at most"],
] as const;

/** Writes the page of figures; without figures, it says how to make them. */
export function performancePage(figures: Figures | undefined): string {
  return [
    "---",
    "description: Serving beside nginx and Caddy, deploying beside rsync, and how to measure it yourself.",
    "---",
    "",
    "<!-- Generated from docs/performance.json by `npm run docs`. The text is in scripts/docs/performance-page.ts. -->",
    "",
    "# Performance",
    "",
    "Figures of one machine say little about another. What carries over is the ratio to programs that you know, on the",
    "same files, in the same run. So the benchmarks start nginx, Caddy and rsync themselves, take turns with them, and",
    "print the medians.",
    heading(2, "Measure it yourself"),
    "On Debian, as root: `apt-get install nginx-light libnginx-mod-http-brotli-static caddy wrk nghttp2-client rsync openssh-server jq`. Then, in a clone:",
    "",
    "```sh",
    "npm run build",
    "npm run --silent bench:serve > serve.json",
    "npm run --silent bench:deploy > deploy.json",
    "jq -s '{serve: .[0], deploy: .[1]}' serve.json deploy.json > docs/performance.json",
    "npm run docs",
    "```",
    "",
    "The last two lines put the figures on this page.",
    heading(2, "Serving"),
    "Requests a second, and in parentheses how many times theirs we answer per second of a server's processor time: the",
    "steadier figure on a machine that does other work. HTTP/1.1 unless the row says HTTP/2, 64 connections, every server on",
    "one core; the other core makes the load.",
    "",
    figures ? servingTable(figures.serve) : NO_FIGURES,
    heading(3, "Goals"),
    "`npm run bench:serve` fails where one of these is missed. Those beside nginx and Caddy are of requests per second of",
    "processor time.",
    "",
    figures ? goalsTable(figures.serve.goals) : NO_FIGURES,
    heading(2, "Deploying"),
    "A deploy is durable when it says so, so rsync is given a `sync` too. Both copy within one machine, rsync over ssh: it",
    "copies files, a deploy hashes them, sends them over HTTP, verifies and stores them, and records a release.",
    "",
    figures ? deployTable(figures.deploy) : NO_FIGURES,
    heading(3, "Memory"),
    "What each end used at most for a tree of 1 KiB files: deployed for the first time, with one file changed, and as it was.",
    "",
    figures ? memoryTable(figures.deploy.memory) : NO_FIGURES,
  ].join("\n");
}

const NO_FIGURES = "No figures are kept in this version: make them as above.\n";

const thousands = (value: number) => value.toLocaleString("en-US");

function servingTable({ machine, results }: Figures["serve"]): string {
  const rows = Object.entries(results).map(([name, { sitepod, nginx, caddy }]) => {
    const beside = (peer: Speed) =>
      `${thousands(peer.requests_per_s)} (${(sitepod.requests_per_cpu_s / peer.requests_per_cpu_s).toFixed(2)}×)`;
    return [name, thousands(sitepod.requests_per_s), beside(nginx), beside(caddy)];
  });
  const table = formatTable(["", "SitePod", "nginx (we are at)", "Caddy (we are at)"], rows);
  return `${table}\nMeasured on: ${machine.processor}, ${machine.cores} cores.\n`;
}

function goalsTable(goals: readonly Verdict[]): string {
  const rows = goals.map(({ name, value, unit, atLeast, atMost, met }) => [
    name,
    `${value} ${unit}`,
    atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`,
    met ? "met" : "missed",
  ]);
  return formatTable(["", "measured", "goal", ""], rows);
}

function deployTable({ trees, rollback }: Figures["deploy"]): string {
  const rows = Object.entries(trees).map(([name, tree]) => [
    name,
    ...DEPLOY_COLUMNS.map(([key]) => thousands(tree[key])),
  ]);
  const table = formatTable(["tree", ...DEPLOY_COLUMNS.map(([, title]) => title)], rows);
  return `${table}\nA rollback takes ${rollback.p50_ms} ms at the server in the middle of 500, and ${rollback.p99_ms} ms in all but one of a hundred.\n`;
}

const memoryTable = (memory: readonly DeployMemory[]): string =>
  formatTable(
    ["files", "server, MiB at most", "command line, MiB at most"],
    memory.map((each) => [each.files, each.server_peak_mib, each.command_line_peak_mib].map(thousands)),
  );
