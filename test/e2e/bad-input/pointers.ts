import { ask, type BadInput } from "./case.ts";
import type { World } from "./world.ts";

const release = (body: object) => ask("ann", "POST", "/release", { project: "shop", environment: "prod", ...body });
const preview = (body: object) =>
  ask("ann", "POST", "/preview", (world: World) => ({ project: "shop", image_id: world.annsImage, ...body }));
const get = (path: string) => ask("ann", "GET", path);
const bobsImage = (path: string, more: object = {}) =>
  ask("ann", "POST", path, (world: World) => ({ project: "shop", image_id: world.bobsImage, ...more }));

const noSite = /^You have no site ".*"\. List yours with sitepod list\.$/;

export const badPointers: readonly BadInput[] = [
  ["a release of a site that there is not", release({ project: "nowhere" }), 404, "not_found", noSite],
  ["a release of another account's site", release({ project: "bobs" }), 404, "not_found", noSite],
  [
    "a release of another account's image",
    bobsImage("/release", { env: "prod" }),
    404,
    "not_found",
    /has no release "img_/,
  ],
  [
    "a release of a site without releases",
    release({ project: "drafts" }),
    404,
    "not_found",
    /has no release yet\. Deploy it/,
  ],
  ["a version that there is not", release({ version: "v99" }), 404, "not_found", /^shop has no release "v99"/],
  [
    "a version without its letter",
    release({ version: "1" }),
    400,
    "invalid",
    /^"1" is not a version\. Versions look like v3/,
  ],
  ["an environment that there is not", release({ environment: "staging" }), 400, "invalid", /body\/environment/],
  [
    "no environment",
    ask("ann", "POST", "/release", { project: "shop" }),
    400,
    "invalid",
    /needs an environment: "prod" or/,
  ],
  ["a negative expected version", release({ expected_version: -1 }), 400, "invalid", /body\/expected_version/],
  ["a stale expected version", release({ expected_version: 7 }), 409, "conflict", /is at move 1, not 7/],
  ["a pointer that should not exist", release({ expected_version: 0 }), 409, "conflict", /is at move 1, not 0/],
  [
    "a rollback to nothing earlier",
    ask("ann", "POST", "/rollback", { project: "shop", environment: "prod" }),
    404,
    "not_found",
    /^prod of shop has no earlier release to roll back to/,
  ],
  [
    "a rollback of another account's site",
    ask("ann", "POST", "/rollback", { project: "bobs", env: "prod" }),
    404,
    "not_found",
    noSite,
  ],
  [
    "a preview in upper case",
    preview({ slug: "Look" }),
    400,
    "invalid",
    /^Preview slug "Look" must hold only lower-case/,
  ],
  ["a preview that is a path", preview({ slug: "../prod" }), 400, "invalid", /must hold only lower-case/],
  [
    "a preview that looks like a release",
    preview({ slug: "v3" }),
    400,
    "invalid",
    /looks like a release; choose another/,
  ],
  ["a preview with a separator", preview({ slug: "a--b" }), 400, "invalid", /single hyphens between them/],
  ["a preview too long for its host", preview({ slug: "x".repeat(58) }), 400, "invalid", /must fit 63 characters/],
  [
    "a preview of a minute less a second",
    preview({ expires_in: 59 }),
    400,
    "invalid",
    /lives between 60 seconds and 90 days/,
  ],
  ["a preview for ever", preview({ expires_in: 91 * 86_400 }), 400, "invalid", /expires_in is 7862400/],
  ["a preview's life as text", preview({ expires_in: "1h" }), 400, "invalid", /body\/expires_in/],
  ["a preview of another account's image", bobsImage("/preview"), 404, "not_found", /has no release "img_/],
  [
    "the end of another account's preview",
    ask("ann", "DELETE", "/previews/look?project=bobs"),
    404,
    "not_found",
    noSite,
  ],
  [
    "the end of a preview that there is not",
    ask("ann", "DELETE", "/previews/none?project=shop"),
    404,
    "not_found",
    /no preview "none"/,
  ],
  [
    "an empty environment's content",
    get("/current?project=shop&environment=beta"),
    404,
    "not_found",
    /^Nothing is released to beta/,
  ],
  ["the content of no environment", get("/current?project=shop"), 400, "invalid", /query\/environment/],
  ["a history of no site", get("/history"), 400, "invalid", /query\/project/],
  ["a history of nothing", get("/history?project=shop&limit=0"), 400, "invalid", /query\/limit/],
  ["a history without end", get("/history?project=shop&limit=501"), 400, "invalid", /query\/limit/],
  ["a history of many", get("/history?project=shop&limit=many"), 400, "invalid", /query\/limit/],
  ["another account's history", get("/history?project=bobs"), 404, "not_found", noSite],
  ["another account's files", get("/files?project=bobs"), 404, "not_found", noSite],
  ["a page before the first", get("/images?project=shop&page=0"), 400, "invalid", /query\/page/],
];
