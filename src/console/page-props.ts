import type { Api } from "#wire";
import type { ShownWorkspace } from "./workspaces.svelte.ts";

/** What each page is given that is loaded when somebody goes there. */
export interface PageProps {
  readonly config: Api.ServerConfig;
  readonly user: Api.AuthInfo;
  readonly workspace: ShownWorkspace;
}
