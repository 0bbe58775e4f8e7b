import { type DiskReserve, parseSize } from "#model";
import { type Option, parseCount } from "./option.ts";

/** The options of how much may be deployed, kept and asked for: part of the table of all. */
export const QUOTA_OPTIONS = {
  maxFilesPerDeploy: {
    env: "SITEPOD_MAX_FILES_PER_DEPLOY",
    kind: "count",
    fallback: "10000",
    doc: "Files a deploy may have",
  },
  maxFileSize: { env: "SITEPOD_MAX_FILE_SIZE", kind: "bytes", fallback: "100MiB", doc: "Size a file may have" },
  maxDeploySize: { env: "SITEPOD_MAX_DEPLOY_SIZE", kind: "bytes", fallback: "500MiB", doc: "Size a deploy may have" },
  maxProjectsPerUser: {
    env: "SITEPOD_MAX_PROJECTS_PER_USER",
    kind: "count",
    fallback: "100",
    doc: "Sites a workspace may have; administrators may have more",
  },
  maxStoredSize: {
    env: "SITEPOD_MAX_STORED_SIZE",
    kind: "bytes",
    fallback: "0",
    doc: "What the releases of a workspace may hold, each content once; 0: no limit",
  },
  maxRequestsPerMinute: {
    env: "SITEPOD_MAX_REQUESTS_PER_MINUTE",
    kind: "count",
    fallback: "0",
    doc: "Requests to the API that a workspace may make in a minute, uploads of contents aside; 0: no limit",
  },
  maxServerStoredSize: {
    env: "SITEPOD_MAX_SERVER_STORED_SIZE",
    kind: "bytes",
    fallback: "0",
    doc: "What the releases of all workspaces may hold together; 0: no limit",
  },
  maxServerSites: {
    env: "SITEPOD_MAX_SERVER_SITES",
    kind: "count",
    fallback: "0",
    doc: "Sites that all workspaces may have together; 0: no limit",
  },
  diskReserve: {
    flag: "disk-reserve",
    env: "SITEPOD_DISK_RESERVE",
    kind: "text",
    fallback: "512MiB,1%",
    doc: "What deploys leave free of the data folder's disk: a size, a share or both, of which the larger counts",
  },
} as const satisfies Record<string, Option>;

type ReadNumber = (
  name: Exclude<keyof typeof QUOTA_OPTIONS, "diskReserve">,
  parse: (text: string) => number | undefined,
  expected: string,
) => number;

/** Decides these options. Infinity: there is no such limit. Faults are added to `faults`. */
export function decideQuotas(diskReserve: string, number: ReadNumber, faults: string[]) {
  const count = (name: Parameters<ReadNumber>[0]) => number(name, parseCount, "a whole number");
  const size = (name: Parameters<ReadNumber>[0], example: string) =>
    number(name, parseSize, `a size such as ${example}`);
  const reserve = parseReserve(diskReserve);
  if (!reserve) {
    faults.push(
      `--disk-reserve is ${JSON.stringify(diskReserve)} and must be a size, a share or both, such as 1GiB,2%`,
    );
  }
  return {
    maxFilesPerDeploy: count("maxFilesPerDeploy"),
    maxFileBytes: size("maxFileSize", "100MiB"),
    maxDeployBytes: size("maxDeploySize", "500MiB"),
    maxProjectsPerUser: count("maxProjectsPerUser"),
    maxStoredBytes: orNone(size("maxStoredSize", "10GiB")),
    maxRequestsPerMinute: orNone(count("maxRequestsPerMinute")),
    maxServerStoredBytes: orNone(size("maxServerStoredSize", "100GiB")),
    maxServerSites: orNone(count("maxServerSites")),
    diskReserve: reserve ?? { bytes: 0, share: 0 },
  };
}

const orNone = (limit: number): number => (limit === 0 ? Infinity : limit);

const MAX_PERCENT = 90;

/** Reads a reserve: `1GiB`, `2%` or `1GiB,2%`. Undefined where it is none. */
export function parseReserve(text: string): DiskReserve | undefined {
  let [bytes, share]: (number | undefined)[] = [];
  for (const part of text.split(",").map((each) => each.trim())) {
    const percent = /^(\d{1,2}(?:\.\d{1,3})?)%$/.exec(part)?.[1];
    const size = percent === undefined ? parseSize(part) : undefined;
    if (percent !== undefined && share === undefined && Number(percent) <= MAX_PERCENT) share = Number(percent) / 100;
    else if (size !== undefined && bytes === undefined) bytes = size;
    else return undefined;
  }
  return { bytes: bytes ?? 0, share: share ?? 0 };
}
