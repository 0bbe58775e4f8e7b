import { type Check, isCode } from "./source-tree.ts";

const vague = /^(utils?|helpers?|commons?|shared|misc|miscellaneous)$/;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Files are named after the one concept that they hold. */
export const checkFileNames: Check = (files) =>
  files.filter(isCode).flatMap((file) => {
    const faults: string[] = [];
    const parts = file.path.split("/").map((part) => part.replace(/^\./, "").replace(/\..*$/, ""));
    const name = parts.at(-1) ?? "";
    if (parts.some((part) => part.split("-").some((word) => vague.test(word)))) {
      faults.push(
        `${file.path}: the name says nothing about the content: name the file after the one concept that it holds`,
      );
    }
    if (!kebab.test(name)) {
      faults.push(`${file.path}: file names are kebab-case, so that they are the same on every file system: rename it`);
    }
    return faults;
  });
