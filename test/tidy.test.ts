import { expect, test } from "bun:test";
import { checkDataPlane } from "./tidy/data-plane.ts";
import { checkDeadFiles } from "./tidy/dead-files.ts";
import { checkFileLength } from "./tidy/file-length.ts";
import { checkFileNames } from "./tidy/file-names.ts";
import { checkForbiddenUses } from "./tidy/forbidden-uses.ts";
import { checkImportCycles } from "./tidy/import-cycles.ts";
import { checkImportTable } from "./tidy/import-table.ts";
import longFiles from "./tidy/long-files.json";
import { type Check, readTree } from "./tidy/source-tree.ts";
import { checkUnfinishedWork } from "./tidy/unfinished-work.ts";

const files = readTree();

const checks: Record<string, Check> = {
  "folders import one another by their doors, as the table allows": checkImportTable,
  "the data plane reaches neither the database nor the stores": checkDataPlane,
  "clocks, randomness, the environment and Bun are used where they may be": checkForbiddenUses,
  "files are named after what they hold": checkFileNames,
  "files are short": (all) => checkFileLength(all, longFiles),
  "no import cycles": checkImportCycles,
  "no dead files": checkDeadFiles,
  "nothing is left unfinished": checkUnfinishedWork,
};

for (const [sentence, check] of Object.entries(checks)) {
  test(sentence, () => {
    expect(check(files)).toEqual([]);
  });
}
