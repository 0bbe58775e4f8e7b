import type { Step } from "./run-step.ts";

const bun = process.execPath;

/** The console's types are Svelte's to check. */
export const consoleTypes: Step = {
  name: "console types",
  command: [bun, "node_modules/svelte-check/bin/svelte-check", "--tsconfig", "src/console/tsconfig.json"],
};

/** Checks that read the code without running it. */
export const staticSteps: readonly Step[] = [
  { name: "types", command: [bun, "check", "--no-script"] },
  { name: "lint", command: [bun, "node_modules/oxlint/bin/oxlint", "--deny-warnings"] },
  { name: "format", command: [bun, "fmt", "--no-script", "--check"] },
  consoleTypes,
];

/** A folder of tests, run by one `bun test`. */
export interface Suite {
  readonly name: string;
  readonly paths: readonly string[];
  readonly options: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Tests beside the source that wait for the disk, for clocks or for passwords to be hashed: not for the gate before each commit. */
const SLOW_UNITS = [
  "src/bin/webhook-sender.test.ts",
  "src/control/archive",
  "src/control/change-store.test.ts",
  "src/control/control.test.ts",
  "src/control/describe-server.test.ts",
  "src/control/domains",
  "src/control/guard",
  "src/control/identity/accounts.test.ts",
  "src/control/identity/audit.test.ts",
  "src/control/identity/audit-whole.test.ts",
  "src/control/identity/device-logins.test.ts",
  "src/control/identity/isolation.test.ts",
  "src/control/identity/sign-in.test.ts",
  "src/control/identity/workspaces.test.ts",
  "src/control/live/live.test.ts",
  "src/control/quota",
  "src/control/reconcile.test.ts",
  "src/control/release",
  "src/control/retention",
  "src/control/traffic",
  "src/control/webhooks/deliverer.test.ts",
  "src/control/webhooks/deliveries.test.ts",
  "src/control/webhooks/queue-event.test.ts",
  "src/control/webhooks/secrets.test.ts",
  "src/control/webhooks/webhooks.test.ts",
  "src/serve/host.test.ts",
  "src/store/disk.test.ts",
  "src/store/resumed-body.test.ts",
  "src/store/s3.test.ts",
  "src/upkeep",
];

const inTests = (names: readonly string[]): string[] => names.map((name) => `test/${name}.test.ts`);

/** Tests that measure how long answers take, or whose visitors may not miss one: each alone. */
const UNDER_LOAD = inTests([
  "conformance/certificate-swap",
  "e2e/hostile-clients",
  "e2e/hot-restart",
  "e2e/rollback-under-load",
  "e2e/workers",
  "e2e/workers-ending",
  "e2e/workers-https",
]);

/** Tests of many processes, of which some end or are cut off under load: two at a time, each in a world of its own. */
const OUTAGES = inTests([
  "conformance/postgres/garbage",
  "conformance/s3-faults",
  "conformance/s3-outage",
  "e2e/cluster",
  "e2e/control-planes",
  "e2e/dropped-uploads",
  "e2e/failing-disk",
  "e2e/roles",
  "e2e/upgrade",
]);

/**
 * For tests that wait more than they compute: files run beside each other, in so many processes. More than that many
 * servers at once and two cores are the bottleneck.
 */
const SIDE_BY_SIDE = ["--parallel=4"];

const without = (paths: readonly string[]): string[] => paths.map((path) => `--path-ignore-patterns=**/${path}{,/**}`);

/** Tests that need nothing but the source. */
export const quickSuites: readonly Suite[] = [
  { name: "tidy", paths: ["test/tidy"], options: ["--timeout=30000"] },
  {
    name: "unit",
    paths: ["src/", "scripts/", "bench/", "test/harness"],
    options: ["--timeout=30000", ...without(SLOW_UNITS)],
  },
];

/** Tests of the whole: stores and API on their ports, the executable as a person uses it. */
export const wholeSuites: readonly Suite[] = [
  { name: "slow units", paths: SLOW_UNITS, options: ["--timeout=60000", ...SIDE_BY_SIDE] },
  {
    name: "conformance",
    paths: ["test/conformance"],
    options: ["--timeout=120000", ...SIDE_BY_SIDE, ...without([...UNDER_LOAD, ...OUTAGES])],
  },
  {
    name: "end to end",
    paths: ["test/e2e"],
    options: ["--timeout=300000", ...SIDE_BY_SIDE, ...without([...UNDER_LOAD, ...OUTAGES])],
  },
  { name: "outages", paths: OUTAGES, options: ["--timeout=300000", "--isolate", "--parallel=2"] },
  { name: "under load", paths: UNDER_LOAD, options: ["--timeout=300000", "--isolate"] },
  {
    name: "npm package",
    paths: ["awkward-files", "domains", "examples", "export-import", "protected-sites", "real-sites", "rules"].map(
      (name) => `test/e2e/${name}.test.ts`,
    ),
    options: ["--timeout=300000", ...SIDE_BY_SIDE],
    env: { SITEPOD_COMMAND_LINE: "node" },
  },
];

/** Returns the step that runs a suite; its counts go to `report` (JUnit XML) where that is given. */
export function suiteStep(suite: Suite, report?: string): Step {
  const reporter = report === undefined ? [] : ["--reporter=junit", `--reporter-outfile=${report}`];
  const command = [bun, "test", "--only-failures", ...suite.options, ...reporter, ...suite.paths];
  return { name: suite.name, command, ...(suite.env ? { env: suite.env } : {}) };
}
