import type { Environment, ShownAs, TrafficRange } from "#model";
import type { Api } from "#wire";
import type { SendMessage } from "./send-message.ts";

/** The part of the API that tells what there is, and changes nothing. */
export const createLookCalls = (call: SendMessage) => ({
  current: (project: string, environment: Environment) =>
    call<Api.Current>("GET", "/current", { query: { project, environment } }),
  history: (project: string, limit: number, environment?: Environment) =>
    call<Api.History>("GET", "/history", { query: { project, limit, environment } }),
  files: (project: string, pod: { environment: Environment } | { version: string } | { image_id: string }) =>
    call<Api.Files>("GET", "/files", { query: { project, ...pod } }),
  traffic: (project: string, range: TrafficRange, environment?: ShownAs) =>
    call<Api.Traffic>("GET", `/projects/${encodeURIComponent(project)}/traffic`, { query: { range, environment } }),
});
