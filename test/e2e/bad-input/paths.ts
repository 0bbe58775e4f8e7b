import { type BadInput, file, planOf } from "./case.ts";

const path = (what: string, text: string, message: RegExp): BadInput => [
  what,
  planOf(file("index.html"), file(text, { blake3: "1".repeat(64) })),
  400,
  "invalid",
  message,
];

export const badPaths: readonly BadInput[] = [
  path("a path that is the folder above", "..", /^Path "\.\." has a "\.\." segment\.$/),
  path("a path that climbs out", "../../etc/passwd", /^Path "\.\.\/\.\.\/etc\/passwd" has a "\.\." segment\.$/),
  path("a path that climbs within", "a/../b.html", /has a "\.\." segment/),
  path("a path with a dot segment", "a/./b.html", /has a "\." segment/),
  path("an absolute path", "/etc/passwd", /is absolute; paths are relative to the deployed folder/),
  path("a path of another host", "//host/share", /is absolute/),
  path("a path with backslashes", "..\\..\\windows", /holds a backslash; separate folders with \//),
  path("a path with a NUL", "a.html\u0000.png", /holds a control character/),
  path("a path with a line break", "a\nb.html", /holds a control character/),
  path("an empty path", "", /^A path is empty\.$/),
  path("a path that names a folder", "a/", /has an empty segment/),
  path("a path with an empty segment", "a//b.html", /has an empty segment/),
  path("a path of half a character", "a\ud800.html", /is not valid Unicode/),
  path("a path of 1025 bytes", "a".repeat(1025), /is longer than 1024 bytes/),
  path("a path given twice", "index.html", /^Path "index\.html" is listed twice\.$/),
  path(
    "paths that differ by case alone",
    "Index.HTML",
    /differ by case alone; rename one, or set allow_case_collisions/,
  ),
  path("a file that is also a folder", "index.html/a.html", /^Path "index\.html" is both a file and a folder\.$/),
  [
    "many bad paths, all told at once",
    planOf(file("../a"), file("/b"), file("")),
    400,
    "invalid",
    /^Path "\.\.\/a" has a "\.\." segment\. There are 2 more faults\.$/,
  ],
];
