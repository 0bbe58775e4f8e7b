import type { Component } from "svelte";
import type { PageProps } from "./page-props.ts";
import type { Route } from "./route.ts";

export type PageLoader = () => Promise<{ readonly default: Component<PageProps> }>;

/** The pages that are no part of the first one's scripts: they are loaded when somebody goes there. */
export const LAZY_PAGES: Partial<Record<Route["page"], PageLoader>> = {
  members: () => import("./pages/members-page.svelte"),
  approvals: () => import("./pages/approvals-page.svelte"),
  tokens: () => import("./pages/tokens-page.svelte"),
  bin: () => import("./pages/bin-page.svelte"),
  webhooks: () => import("./pages/webhooks-page.svelte"),
  usage: () => import("./pages/usage-page.svelte"),
  settings: () => import("./pages/workspace-settings-page.svelte"),
  server: () => import("./pages/server-page.svelte"),
  audit: () => import("./pages/audit-page.svelte"),
};
