import { ask, type BadInput, file, planOf } from "./case.ts";
import { LIMITS } from "./world.ts";

const files = [file("index.html")];
const named = (project: unknown, sender: "ann" | "bob" = "ann") => ask(sender, "POST", "/plan", { project, files });

export const badPlans: readonly BadInput[] = [
  ["a plan of no files", planOf(), 400, "invalid", /body\/files: /],
  [
    "files that are no list",
    ask("ann", "POST", "/plan", { project: "shop", files: {} }),
    400,
    "invalid",
    /body\/files/,
  ],
  ["a path that is a number", planOf(file(7)), 400, "invalid", /body\/files\/0\/path/],
  ["a hash of 63 digits", planOf(file("a", { blake3: "0".repeat(63) })), 400, "invalid", /64 lower-case hexadecimal/],
  ["a hash in upper case", planOf(file("a", { blake3: "A".repeat(64) })), 400, "invalid", /64 lower-case hexadecimal/],
  ["a hash that is a path", planOf(file("a", { blake3: "../../refs/bobs" })), 400, "invalid", /files\/0\/blake3/],
  ["a negative size", planOf(file("a", { size: -1 })), 400, "invalid", /body\/files\/0\/size/],
  ["a size with a fraction", planOf(file("a", { size: 1.5 })), 400, "invalid", /body\/files\/0\/size/],
  ["a size that is text", planOf(file("a", { size: "1" })), 400, "invalid", /body\/files\/0\/size/],
  ["a size that no number holds", planOf(file("a", { size: 2 ** 60 })), 400, "invalid", /body\/files\/0\/size/],
  ["one hash with two sizes", planOf(file("a"), file("b", { size: 2 })), 400, "invalid", /"b" has the hash of another/],
  [
    "more files than allowed",
    planOf(...Array.from({ length: LIMITS.files + 1 }, (_, i) => file(`${i}.html`))),
    413,
    "too_large",
    /^The deploy has 21 files, and this server allows 20/,
  ],
  [
    "a file larger than allowed",
    planOf(file("film.mp4", { size: LIMITS.fileBytes + 1 })),
    413,
    "too_large",
    /^"film\.mp4" has 1048577 bytes, and this server allows 1048576 a file/,
  ],
  [
    "more bytes than allowed",
    planOf(...["a", "b", "c"].map((path) => file(path, { size: LIMITS.fileBytes }))),
    413,
    "too_large",
    /^The deploy has 3145728 bytes, and this server allows 2097152/,
  ],
  [
    "an unknown field",
    ask("ann", "POST", "/plan", { project: "shop", files, enviroment: "prod" }),
    400,
    "invalid",
    /enviroment/,
  ],
  [
    "a Git commit that is a number",
    ask("ann", "POST", "/plan", { project: "shop", files, git: { commit: 5 } }),
    400,
    "invalid",
    /body\/git\/commit/,
  ],
  ["no site", ask("ann", "POST", "/plan", { files }), 400, "invalid", /body\/project/],
  ["a site without a name", named(""), 400, "invalid", /body\/project/],
  ["a site in upper case", named("Shop"), 400, "invalid", /^Site name "Shop" must start with a letter/],
  ["a site that is a path", named("../refs"), 400, "invalid", /must start with a letter/],
  ["a site with a preview's separator", named("a--b"), 400, "invalid", /must not contain "--"/],
  ["a site that is a beta environment", named("shop-beta"), 400, "invalid", /must not end in "-beta"/],
  ["a site that the server needs", named("console"), 400, "invalid", /is reserved/],
  ["a site of somebody else", named("bobs"), 403, "forbidden", /belongs to somebody else\. Choose another name/],
  [
    "one site more than allowed",
    named("bobs4", "bob"),
    413,
    "too_large",
    /^You have 3 sites, and this server allows 3\. Delete one first/,
  ],
];
