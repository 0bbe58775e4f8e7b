import { type Api, BATCH_MEDIA_TYPE } from "#wire";
import { type Call, download, send } from "./http.ts";
import { PATIENT_TRIES } from "./retry.ts";
import type { SendMessage } from "./send-message.ts";
import type { World } from "./world.ts";

/** The part of the API that takes whole sites out and in. */
export function createArchiveCalls(
  world: World,
  endpoint: string,
  authorization: Readonly<Record<string, string>>,
  call: SendMessage,
) {
  const segment = encodeURIComponent;
  return {
    /** The chunks of a site's archive. */
    exportSite: (project: string) =>
      download(world, {
        method: "GET",
        url: `${endpoint}/api/v1/projects/${segment(project)}/export`,
        headers: authorization,
      }),
    beginImport: (request: Api.ImportRequest) => call<Api.ImportBegun>("POST", "/imports", { body: request }),
    importContent: (id: string, hash: string, content: Pick<Call, "headers" | "body">) =>
      send(world, {
        ...content,
        method: "POST",
        url: `${endpoint}/api/v1/imports/${segment(id)}/contents/${hash}`,
        headers: { ...authorization, "content-type": "application/octet-stream", ...content.headers },
        isRepeatable: true,
        maxTries: PATIENT_TRIES,
      }),
    /** Sends many small contents of an import in one request; `body` makes the batch. */
    importBatch: (id: string, body: () => Promise<BodyInit>) =>
      send(world, {
        body,
        method: "POST",
        url: `${endpoint}/api/v1/imports/${segment(id)}/contents`,
        headers: { ...authorization, "content-type": BATCH_MEDIA_TYPE },
        isRepeatable: true,
        maxTries: PATIENT_TRIES,
      }),
    /** An import is committed once: the server ends one that was cut off, and answers a second one the same. */
    commitImport: (id: string, request: Api.ImportCommitRequest) =>
      call<Api.ImportCommitted>("POST", `/imports/${segment(id)}/commit`, {
        body: request,
        isRepeatable: true,
        maxTries: PATIENT_TRIES,
      }),
    abandonImport: (id: string) => call<{ message: string }>("DELETE", `/imports/${segment(id)}`),
  };
}
