import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "#wire";
import type { ApiClient } from "./api-client.ts";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";

/** The first look is soon after, as somebody may be sitting beside; then ever later. */
const FIRST_LOOK_MS = 250;
const MAX_LOOK_MS = 5000;

export interface ApprovalOptions {
  /** False: fail at once where another member must approve. */
  readonly wait?: boolean;
}

/**
 * Moves an environment. Where another member must approve that, waits until one has, unless told not to. Throws a Failure:
 * `approval_required` where it does not wait, or nobody approved.
 */
export async function moveWithApproval<T extends Api.ReleaseResponse>(
  context: Context,
  client: Pick<ApiClient, "approval">,
  { wait = true }: ApprovalOptions,
  move: () => Promise<T>,
): Promise<Api.ReleaseResponse | T> {
  try {
    return await move();
  } catch (error) {
    if (!(error instanceof Failure) || error.approvalId === undefined || !wait) throw error;
    return await waitForApproval(context, client, error.approvalId);
  }
}

async function waitForApproval(
  context: Context,
  client: Pick<ApiClient, "approval">,
  id: string,
): Promise<Api.ReleaseResponse> {
  const { report, world } = context;
  let approval = await client.approval(id);
  report.step("Asked", `${approval.version} to ${approval.environment} needs another member's approval: ${id}`);
  report.note(`They look at ${approval.release_url}, and run: sitepod approval approve ${id}`);
  report.note("This waits until then. Ctrl-C leaves the request as it is.");
  for (let delayMs = FIRST_LOOK_MS; approval.state === "pending"; delayMs = Math.min(delayMs * 2, MAX_LOOK_MS)) {
    await sleep(delayMs, undefined, { signal: world.signal }).catch(() => {
      throw new Failure("interrupted", `Interrupted. The request ${id} still waits for an approval.`, {
        next: `Once it is approved, ${approval.environment} moves. To take it back: sitepod approval refuse ${id}`,
      });
    });
    approval = await client.approval(id);
  }
  const by = approval.decided_by === null ? "" : ` by ${approval.decided_by}`;
  const comment = approval.comment ? `: ${approval.comment}` : "";
  if (approval.state !== "approved") {
    throw new Failure("approval_required", `${id} was not approved: it is ${approval.state}${by}${comment}.`, {
      approvalId: id,
    });
  }
  report.step("Approved", `${by.trim()}${comment}`);
  const { project, environment, image_id, version, url, previous_version } = approval;
  const pointer_version = approval.pointer_version ?? 0;
  return { project, environment, image_id, version, url, pointer_version, previous_version };
}
