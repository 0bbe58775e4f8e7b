import type { Answer, World } from "../domains/world.ts";

/** How something comes about that the audit log tells of. */
export interface AuditCase {
  /** What makes the change: where it is the store, it stays, and its event follows; nothing: there is nothing to undo. */
  readonly by: "database" | "store" | "nothing";
  /** Gets everything ready. Returns what does it, which can be done again after it failed. */
  readonly prepare: (world: World) => Promise<() => Promise<Answer | void>>;
  /** Whether it cannot be done again where the store refused: what was sent for it has been taken. */
  readonly isSpent?: boolean;
  /** Where other things happen with it that stay: what must not have changed. */
  readonly state?: (world: World) => Promise<unknown>;
}

let count = 0;
/** None is drawn twice: what is named by them is new. */
export const nextNumber = (): number => ++count;
export const next = (word: string): string => `${word}-${nextNumber()}`;

export const database = (prepare: AuditCase["prepare"]): AuditCase => ({ by: "database", prepare });
export const store = (prepare: AuditCase["prepare"]): AuditCase => ({ by: "store", prepare });

export async function expectOk(asked: Promise<Answer>): Promise<Answer["body"]> {
  const { status, body } = await asked;
  if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body;
}

export const ownWorkspace = async (world: World): Promise<string> =>
  (await world.call("ann", "GET", "/workspaces")).body.workspaces.find((one: { is_own: boolean }) => one.is_own).id;

/** A site of Ann's with two releases, the first of them in prod. */
export async function makeSite(world: World): Promise<{ project: string; imageId: string }> {
  const project = next("site");
  const { body } = await world.deploy("ann", project, { "index.html": project });
  await expectOk(world.call("ann", "POST", "/release", { project, environment: "prod" }));
  await world.deploy("ann", project, { "index.html": `${project} again` });
  return { project, imageId: body.image_id };
}

/** Returns what the link of an invitation to Ann's workspace has. */
export async function invite(world: World, request: object): Promise<string> {
  const path = `/workspaces/${await ownWorkspace(world)}/invitations`;
  return (await expectOk(world.call("ann", "POST", path, request))).url.split("#")[1];
}
