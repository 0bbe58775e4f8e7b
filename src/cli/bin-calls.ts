import type { Api } from "#wire";
import type { SendMessage } from "./send-message.ts";

/** The part of the API by which sites are deleted, and come back. */
export function createBinCalls(call: SendMessage) {
  const segment = encodeURIComponent;
  return {
    deleteProject: (name: string, isForGood: boolean) =>
      call<Api.SiteDeleted>("DELETE", `/projects/${segment(name)}`, {
        query: { for_good: isForGood ? "true" : undefined },
      }),
    bin: () => call<Api.Bin>("GET", "/bin"),
    binOf: (workspaceId: string) => call<Api.Bin>("GET", "/bin", { workspaceId }),
    /** Where the first answer is lost, the site is found to be back. */
    restore: (name: string) => call<Api.SiteRestored>("POST", `/bin/${segment(name)}/restore`, { isRepeatable: true }),
    purge: (name: string) => call<Api.SiteDeleted>("DELETE", `/bin/${segment(name)}`),
    /** How many different releases a site has. */
    countImages: async (project: string) =>
      (await call<Api.ImageList>("GET", "/images", { query: { project, limit: 1 } })).total,
    previews: async (project: string) =>
      (await call<Api.PreviewList>("GET", "/previews", { query: { project } })).previews,
  };
}
