import type { Permission } from "#model";
import type { Route } from "./route.ts";

export interface WorkspacePage {
  /** The first is where its link leads; the link stands for the others too. */
  readonly pages: readonly [Route["page"], ...Route["page"][]];
  readonly path: string;
  readonly label: string;
  /** The key that leads there, after a `g`. */
  readonly key: string;
  /** Who may not do this in the workspace has no link. Absent: everybody has. */
  readonly needs?: Permission;
}

/** The pages of a workspace, in the order of its navigation. The palette and the keys have them too. */
export const WORKSPACE_PAGES: readonly WorkspacePage[] = [
  { pages: ["sites", "site", "release", "deploy", "deploy-log", "new", "bin"], path: "/", label: "Sites", key: "s" },
  { pages: ["members"], path: "/members", label: "Members", key: "m", needs: "member:read" },
  { pages: ["approvals"], path: "/approvals", label: "Approvals", key: "p" },
  { pages: ["tokens"], path: "/tokens", label: "Tokens", key: "t" },
  { pages: ["webhooks"], path: "/webhooks", label: "Webhooks", key: "h", needs: "webhook:read" },
  { pages: ["audit"], path: "/audit", label: "Audit log", key: "a", needs: "audit:read" },
  { pages: ["usage"], path: "/usage", label: "Usage", key: "q" },
  { pages: ["settings"], path: "/settings", label: "Settings", key: "w", needs: "workspace:write" },
];
