import type { Component } from "svelte";
import type { Api } from "#wire";
import type { Route } from "./route.ts";
import type { ShownWorkspace } from "./workspaces.svelte.ts";

/** What each of these pages is given. */
export interface PageProps {
  readonly config: Api.ServerConfig;
  readonly user: Api.AuthInfo;
  readonly workspace: ShownWorkspace;
}

export type PageLoader = () => Promise<{ readonly default: Component<PageProps> }>;

/** The pages that are no part of the first one's scripts: they are loaded when somebody goes there. */
export const LAZY_PAGES: Partial<Record<Route["page"], PageLoader>> = {
  audit: () => import("./pages/audit-page.svelte"),
};
