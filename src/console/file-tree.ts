import type { ReleaseFile } from "./api.ts";

/** A folder of a release, with all that is in it. */
export interface TreeFolder {
  readonly kind: "folder";
  readonly name: string;
  /** Without a slash at the end; empty: the root. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly fileCount: number;
  /** Folders first, each kind by name. */
  readonly children: readonly TreeNode[];
}
export interface TreeFile {
  readonly kind: "file";
  readonly name: string;
  readonly path: string;
  readonly file: ReleaseFile;
}
export type TreeNode = TreeFolder | TreeFile;

/** One line of a tree as it is shown: `depth` counts from 0. */
export interface TreeLine {
  readonly node: TreeNode;
  readonly depth: number;
}

/** Arranges files by their folders. */
export function makeTree(files: readonly ReleaseFile[]): TreeFolder {
  return makeFolder("", "", files, 0);
}

/** Lists the lines that are seen where these folders are open. */
export function listLines({ children }: TreeFolder, isOpen: (folder: string) => boolean, depth = 0): TreeLine[] {
  return children.flatMap((node) => {
    const line = { node, depth };
    return node.kind === "folder" && isOpen(node.path) ? [line, ...listLines(node, isOpen, depth + 1)] : [line];
  });
}

/** `skipped` characters of each path are those of the folders around. */
function makeFolder(name: string, path: string, files: readonly ReleaseFile[], skipped: number): TreeFolder {
  const folders = new Map<string, ReleaseFile[]>();
  const own: TreeFile[] = [];
  for (const file of files) {
    const slash = file.path.indexOf("/", skipped);
    if (slash === -1) own.push({ kind: "file", name: file.path.slice(skipped), path: file.path, file });
    else addTo(folders, file.path.slice(skipped, slash), file);
  }
  const inner = [...folders].map(([folder, inside]) =>
    makeFolder(folder, joinPath(path, folder), inside, skipped + folder.length + 1),
  );
  return {
    kind: "folder",
    name,
    path,
    size: files.reduce((sum, { size }) => sum + size, 0),
    fileCount: files.length,
    children: [...inner.toSorted(byName), ...own.toSorted(byName)],
  };
}

const joinPath = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

const byName = (a: TreeNode, b: TreeNode): number => (a.name < b.name ? -1 : 1);

function addTo(folders: Map<string, ReleaseFile[]>, name: string, file: ReleaseFile): void {
  const files = folders.get(name);
  if (files) files.push(file);
  else folders.set(name, [file]);
}
