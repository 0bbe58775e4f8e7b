import type { World } from "../domains/world.ts";
import type { AuditAction } from "./audit-actions.ts";
import { type AuditCase, database, expectOk, invite, makeSite, next, nextNumber, ownWorkspace } from "./audit-case.ts";

const GONE = { kind: "answered", status: 410, text: "", retryAfterMs: 0 } as const;

/** Somebody who is a viewer of Ann's workspace: the path of the membership. */
async function makeMember(world: World): Promise<{ who: string; path: string; workspace: string }> {
  const who = next("member");
  const invitation = await invite(world, { role: "viewer" });
  await expectOk(world.call(who, "POST", "/invitations/accept", { invitation }));
  const { id } = (await world.call(who, "GET", "/auth/info")).body;
  const workspace = await ownWorkspace(world);
  return { who, path: `/workspaces/${workspace}/members/${id}`, workspace };
}

async function addWebhook(world: World): Promise<{ path: string }> {
  const path = `/workspaces/${await ownWorkspace(world)}/webhooks`;
  const url = `https://hook.example.com/${next("hook")}`;
  const { id } = await expectOk(world.call("ann", "POST", path, { url, events: ["environment.released"] }));
  return { path: `${path}/${id}` };
}

export const WORKSPACE_CASES: Record<
  Extract<AuditAction, `${"invitation" | "member" | "token" | "webhook" | "workspace"}.${string}` | "quota.set">,
  AuditCase
> = {
  "token.create": database(async (world) => () => world.call("ann", "POST", "/tokens", { name: next("token") })),
  "token.revoke": database(async (world) => {
    const { id } = await expectOk(world.call("ann", "POST", "/tokens", { name: next("token") }));
    return () => world.call("ann", "DELETE", `/tokens/${id}`);
  }),
  "workspace.create": database(
    async (world) => () => world.call("ann", "POST", "/workspaces", { name: next("Workspace") }),
  ),
  "workspace.rename": database(async (world) => {
    const { id } = await expectOk(world.call("ann", "POST", "/workspaces", { name: next("Workspace") }));
    return () => world.call("ann", "PUT", `/workspaces/${id}`, { name: next("Renamed") });
  }),
  "workspace.delete": database(async (world) => {
    const { id } = await expectOk(world.call("ann", "POST", "/workspaces", { name: next("Workspace") }));
    return () => world.call("ann", "DELETE", `/workspaces/${id}`);
  }),
  "invitation.create": database(async (world) => {
    const path = `/workspaces/${await ownWorkspace(world)}/invitations`;
    return () => world.call("ann", "POST", path, { role: "viewer" });
  }),
  "invitation.revoke": database(async (world) => {
    const path = `/workspaces/${await ownWorkspace(world)}/invitations`;
    const { id } = await expectOk(world.call("ann", "POST", path, { role: "viewer" }));
    return () => world.call("ann", "DELETE", `${path}/${id}`);
  }),
  "member.join": database(async (world) => {
    const invitation = await invite(world, { role: "viewer" });
    const who = next("member");
    await world.call(who, "GET", "/projects");
    return () => world.call(who, "POST", "/invitations/accept", { invitation });
  }),
  "member.change": database(async (world) => {
    const { path } = await makeMember(world);
    return () => world.call("ann", "PUT", path, { role: "developer", sites: [] });
  }),
  "member.remove": database(async (world) => {
    const { path } = await makeMember(world);
    return () => world.call("ann", "DELETE", path);
  }),
  "member.leave": database(async (world) => {
    const { who, workspace } = await makeMember(world);
    return () => world.call(who, "POST", `/workspaces/${workspace}/leave`);
  }),
  "quota.set": database(async (world) => {
    const path = `/quotas/${await ownWorkspace(world)}`;
    return () => world.call("root", "PUT", path, { max_sites: 1000 + nextNumber() });
  }),
  "webhook.create": database(async (world) => {
    const path = `/workspaces/${await ownWorkspace(world)}/webhooks`;
    return () => world.call("ann", "POST", path, { url: "https://hook.example.com/all" });
  }),
  "webhook.update": database(async (world) => {
    const { path } = await addWebhook(world);
    return () => world.call("ann", "PUT", path, { is_enabled: false });
  }),
  "webhook.rotate": database(async (world) => {
    const { path } = await addWebhook(world);
    return () => world.call("ann", "POST", `${path}/secret`, {});
  }),
  "webhook.delete": database(async (world) => {
    const { path } = await addWebhook(world);
    return () => world.call("ann", "DELETE", path);
  }),
  "webhook.test": database(async (world) => {
    const { path } = await addWebhook(world);
    return () => world.call("ann", "POST", `${path}/test`);
  }),
  "webhook.redeliver": database(async (world) => {
    const { path } = await addWebhook(world);
    const { id } = await expectOk(world.call("ann", "POST", `${path}/test`));
    return () => world.call("ann", "POST", `${path}/deliveries/${id}/redeliver`);
  }),
  "webhook.disable": {
    ...database(async (world) => {
      await world.tryQuery((query) => query.deleteFrom("webhooks"));
      await addWebhook(world);
      await makeSite(world);
      return async () => {
        world.receiver.answer = () => GONE;
        world.nowMs += 60 * 60_000;
        await world.deliverWebhooks();
      };
    }),
    // When it is tried again.
    state: (world) => world.tryQuery((query) => query.selectFrom("webhooks").select("is_enabled")),
  },
};
