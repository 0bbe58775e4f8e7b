import type { Option } from "./option.ts";

/** The options of which part of a server a process is: part of the table of all. */
export const ROLE_OPTIONS = {
  role: {
    flag: "role",
    env: "SITEPOD_ROLE",
    kind: "text",
    fallback: "all",
    doc: "What this process does: all; control: API, console and housekeeping, no sites; edge: sites alone, from the same bucket or folder",
  },
  controlUrl: {
    flag: "control-url",
    env: "SITEPOD_CONTROL_URL",
    kind: "text",
    doc: "With --role edge: where control planes answer, such as http://10.0.0.5:8080, separated by commas; they tell of releases, and get requests for the API and the console",
  },
} as const satisfies Record<string, Option>;

const ROLES = ["all", "control", "edge"] as const;
export type Role = (typeof ROLES)[number];

/** Which part of a server a process is, and, for an edge, the origins of its control planes. */
export interface RoleOptions {
  readonly role: Role;
  readonly controlUrls: readonly string[];
}

/** Decides which part a process is that would serve sites from so many processes. Faults are added to `faults`. */
export function decideRole(
  text: (name: keyof typeof ROLE_OPTIONS) => string | undefined,
  workers: number,
  faults: string[],
): RoleOptions {
  const role = ROLES.find((known) => known === text("role"));
  if (!role) faults.push(`--role is ${JSON.stringify(text("role"))} and must be all, control or edge`);
  const told = text("controlUrl")?.split(",") ?? [];
  const controlUrls = told.flatMap((part) => {
    const url = URL.parse(part.trim());
    if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return [url.origin];
    faults.push(`--control-url holds ${JSON.stringify(part)} and must be URLs such as http://10.0.0.5:8080`);
    return [];
  });
  if (told.length > 0 && role !== "edge")
    faults.push("--control-url is for --role edge: the others are control planes");
  if (role === "control" && workers > 1)
    faults.push("--workers is for who serves sites, which --role control does not");
  return { role: role ?? "all", controlUrls };
}
