import { relative } from "node:path";

export interface Started {
  readonly version: string;
  /** The console's URL. */
  readonly console: string;
  /** The URL of the example site, where there is one. */
  readonly example: string | undefined;
  /** The data folder; absolute. */
  readonly data: string;
  /** What stands in the way of everything but serving sites: a command to make an account, or a lost database. */
  readonly state: "ready" | "first-account" | "no-database";
}

/**
 * Writes what the person who started the server wants to know: where things are, and what to type next, of which `command` is
 * the program's name.
 */
export function formatGreeting(
  { version, console, example, data, state }: Started,
  cwd: string,
  command: string,
): string {
  const folder = relative(cwd, data);
  return [
    "",
    `  SitePod ${version}`,
    "",
    `  Console   ${console}`,
    ...(example ? [`  Example   ${example}`] : []),
    `  Data      ${folder.startsWith("..") ? data : `./${folder}`}`,
    "",
    `  ${nextStep(state, console, command)}`,
    "",
  ].join("\n");
}

function nextStep(state: Started["state"], console: string, command: string): string {
  switch (state) {
    case "ready":
      return `Next:     ${command} deploy ./your-site`;
    case "first-account":
      return `Next:     ${command} login --endpoint ${console}`;
    case "no-database":
      return "Sites are served, but the database cannot be used: see the message above.";
    default:
      return state satisfies never;
  }
}

export interface StartedEdge {
  readonly version: string;
  /** Where sites are: `https://*.example.com:443`. */
  readonly sites: string;
  /** Where they are read. */
  readonly store: string;
  /** The origins of control planes. */
  readonly control: readonly string[];
}

export function formatEdgeGreeting({ version, sites, store, control }: StartedEdge): string {
  return [
    "",
    `  SitePod ${version}, an edge`,
    "",
    `  Sites     ${sites}`,
    `  Store     ${store}`,
    `  Control   ${control.length > 0 ? control.join(", ") : "none named: releases are seen within 5 seconds"}`,
    "",
  ].join("\n");
}
