import { encodeManifest } from "#model";
import { hashBytes } from "#store";
import type { Answer, World } from "../domains/world.ts";
import type { AuditAction } from "./audit-actions.ts";
import { type AuditCase, database, expectOk, invite, makeSite, next, store } from "./audit-case.ts";
import { PASSWORD } from "./test-browser.ts";

async function makePreview(world: World) {
  const { project, imageId } = await makeSite(world);
  await expectOk(world.call("ann", "POST", "/preview", { project, image_id: imageId, slug: "look" }));
  return project;
}

async function makeDomain(world: World, isVerified: boolean) {
  const { project } = await makeSite(world);
  const domain = `${next("www")}.example.com`;
  await world.addProved("ann", project, domain);
  if (isVerified) await expectOk(world.call("ann", "POST", `/domains/${domain}/verify`));
  return { project, domain };
}

/** What Bob has asked for, a developer of the site: the id of his request. */
async function askForApproval(world: World): Promise<{ project: string; ask: () => Promise<Answer> }> {
  const { project } = await makeSite(world);
  const invitation = await invite(world, { role: null, sites: [{ project, role: "developer" }] });
  await expectOk(world.call("bob", "POST", "/invitations/accept", { invitation }));
  const guard = { kind: "approval" };
  await expectOk(world.call("ann", "PUT", "/guards", { project, environment: "prod", guard }));
  return { project, ask: () => world.call("bob", "POST", "/release", { project, environment: "prod" }) };
}

const decide = (who: string, word: string) =>
  database(async (world) => {
    const { ask } = await askForApproval(world);
    const id = (await ask()).body.approval_id;
    return () => world.call(who, "POST", `/approvals/${id}/${word}`, {});
  });

export const SITE_CASES: Record<
  Extract<
    AuditAction,
    `${"access" | "approval" | "domain" | "environment" | "guard" | "preview" | "release" | "server" | "site"}.${string}`
  >,
  AuditCase | readonly AuditCase[]
> = {
  "guard.set": database(async (world) => {
    const { project } = await makeSite(world);
    const guard = { kind: "lock", reason: "Friday" };
    return () => world.call("ann", "PUT", "/guards", { project, environment: "prod", guard });
  }),
  "guard.remove": database(async (world) => {
    const { project } = await makeSite(world);
    const set = (guard: object | null) => world.call("ann", "PUT", "/guards", { project, environment: "prod", guard });
    await expectOk(set({ kind: "lock", reason: "Friday" }));
    return () => set(null);
  }),
  "approval.request": database(async (world) => (await askForApproval(world)).ask),
  "approval.refuse": decide("ann", "refuse"),
  "approval.withdraw": decide("bob", "refuse"),
  "approval.approve": { ...decide("ann", "approve"), by: "store" },

  "domain.add": database(async (world) => {
    const { project } = await makeSite(world);
    const domain = `${next("www")}.example.com`;
    return () => world.call("ann", "POST", "/domains", { project, domain });
  }),
  "domain.verify": database(async (world) => {
    const { domain } = await makeDomain(world, false);
    return () => world.call("ann", "POST", `/domains/${domain}/verify`);
  }),
  "domain.remove": database(async (world) => {
    const { domain } = await makeDomain(world, true);
    return () => world.call("ann", "DELETE", `/domains/${domain}`);
  }),
  "domain.release": database(async (world) => {
    const { project, domain } = await makeDomain(world, true);
    await expectOk(world.call("ann", "DELETE", `/projects/${project}`));
    const [who, other] = [next("person"), next("site")];
    await world.deploy(who, other, { "index.html": other });
    await world.addProved(who, other, domain);
    // Whose site is in the bin gives the domain up to who proves it.
    return () => world.call(who, "POST", `/domains/${domain}/verify`);
  }),

  "site.create": store(async (world) => {
    const files = [{ path: "index.html", blake3: "0".repeat(64), size: 1 }];
    const project = next("site");
    return () => world.call("ann", "POST", "/plan", { project, files });
  }),
  "site.delete": store(async (world) => {
    const { project } = await makeSite(world);
    return () => world.call("ann", "DELETE", `/projects/${project}`);
  }),
  "site.restore": store(async (world) => {
    const { project } = await makeSite(world);
    await expectOk(world.call("ann", "DELETE", `/projects/${project}`));
    return () => world.call("ann", "POST", `/bin/${project}/restore`);
  }),
  "site.purge": database(async (world) => {
    const { project } = await makeSite(world);
    return () => world.call("ann", "DELETE", `/projects/${project}?for_good=true`);
  }),
  "site.rename": {
    ...database(async (world) => {
      const { project } = await makeSite(world);
      return () => world.call("ann", "PUT", `/domains/rename?project=${project}`, { new_subdomain: next("label") });
    }),
    // The new label is made whole before the site has it.
    state: async (world) =>
      (await world.call("ann", "GET", "/projects")).body.map((site: { subdomain: string }) => site.subdomain),
  },
  "site.export": {
    by: "nothing",
    prepare: async (world) => {
      const { project } = await makeSite(world);
      return () => world.call("ann", "GET", `/projects/${project}/export`);
    },
  },
  "site.import": {
    isSpent: true,
    ...store(async (world) => {
      const { import_id } = await expectOk(world.call("ann", "POST", "/imports", { project: next("site") }));
      const page = new TextEncoder().encode(import_id);
      const entry = { path: "index.html", digest: hashBytes(page), size: page.length, type: "text/html" };
      const manifest = encodeManifest([entry]);
      for (const bytes of [manifest, page]) {
        await expectOk(world.call("ann", "POST", `/imports/${import_id}/contents/${hashBytes(bytes)}`, bytes));
      }
      const release = {
        version: 1,
        manifest: hashBytes(manifest),
        created_at: "2026-01-02T03:04:05.000Z",
        trigger: "cli",
      };
      const environments = { prod: { version: 1, protected: true } };
      const body = { releases: [release], environments, protected: false };
      return () => world.call("ann", "POST", `/imports/${import_id}/commit`, body);
    }),
  },
  "site.retention": [
    store(async (world) => {
      const { project } = await makeSite(world);
      return () => world.call("ann", "PUT", `/projects/${project}/retention`, { keep_releases: 7 });
    }),
    store(async (world) => {
      const { project } = await makeSite(world);
      await expectOk(world.call("ann", "PUT", `/projects/${project}/retention`, { keep_days: 7 }));
      return () => world.call("ann", "DELETE", `/projects/${project}/retention`);
    }),
  ],
  "release.create": store(async (world) => {
    const project = next("site");
    return () => world.deploy("ann", project, { "index.html": project });
  }),
  "release.remove": {
    ...database(async (world) => {
      const { project } = await makeSite(world);
      for (const text of ["three", "four"]) await world.deploy("ann", project, { "index.html": `${project} ${text}` });
      await expectOk(world.call("ann", "PUT", `/projects/${project}/retention`, { keep_releases: 1 }));
      world.nowMs += 2 * 24 * 60 * 60_000;
      return async () => void (await world.call("root", "POST", "/gc"));
    }),
    // The collection goes on with what there is beside, and has an event of its own.
    state: (world) =>
      world.tryQuery((query) => query.selectFrom("releases").select(["site_id", "version", "removed_at"])),
  },
  "environment.release": [
    store(async (world) => {
      const { project } = await makeSite(world);
      return () => world.call("ann", "POST", "/release", { project, environment: "prod" });
    }),
    store(async (world) => {
      const project = next("site");
      await world.deploy("ann", project, { "index.html": project });
      return () => world.call("ann", "POST", "/release", { project, environment: "beta", password: PASSWORD });
    }),
  ],
  "environment.rollback": store(async (world) => {
    const { project } = await makeSite(world);
    await expectOk(world.call("ann", "POST", "/release", { project, environment: "prod" }));
    return () => world.call("ann", "POST", "/rollback", { project, environment: "prod" });
  }),
  "preview.create": store(async (world) => {
    const { project, imageId } = await makeSite(world);
    return () => world.call("ann", "POST", "/preview", { project, image_id: imageId, slug: "look" });
  }),
  "preview.delete": store(async (world) => {
    const project = await makePreview(world);
    return () => world.call("ann", "DELETE", `/previews/look?project=${project}`);
  }),
  "access.protect": [
    store(async (world) => {
      const { project } = await makeSite(world);
      return () => world.call("ann", "PUT", "/access", { project, environment: "prod", password: PASSWORD });
    }),
    store(async (world) => {
      const project = await makePreview(world);
      return () => world.call("ann", "PUT", "/access", { project, preview: "look" });
    }),
  ],
  "access.open": store(async (world) => {
    const { project } = await makeSite(world);
    const set = (password: string | null) =>
      world.call("ann", "PUT", "/access", { project, environment: "prod", password });
    await expectOk(set(PASSWORD));
    return () => set(null);
  }),
  "access.link": {
    by: "nothing",
    prepare: async (world) => {
      const { project } = await makeSite(world);
      await expectOk(world.call("ann", "PUT", "/access", { project, environment: "prod", password: PASSWORD }));
      return () => world.call("ann", "POST", "/access/link", { project, environment: "prod", expires_in: 3600 });
    },
  },
  "server.gc": { by: "store", prepare: async (world) => () => world.call("root", "POST", "/gc") },
  "server.cleanup": { by: "store", prepare: async (world) => () => world.call("root", "POST", "/cleanup") },
};
