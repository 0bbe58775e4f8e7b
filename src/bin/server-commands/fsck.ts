import { join } from "node:path";
import { type Context, Failure, formatBytes, formatCount, type Result } from "#cli";
import {
  type Database,
  findFileFaults,
  isNewSqlite,
  type KnownSite,
  lockFolder,
  openPostgres,
  openSqlite,
  readKnownSites,
  readKnownSitesOfPostgres,
} from "#db";
import { type Digest, SitepodError } from "#model";
import {
  type Damage,
  fsck,
  type FsckResult,
  type Repaired,
  listBackups,
  readBackupTexts,
  type RepairSource,
} from "#upkeep";
import { refuseForeignFolder } from "../foreign-folder.ts";
import { listKnownDocuments, remakePointer } from "../known-documents.ts";
import { progressOf } from "../server-progress.ts";
import { type DataPlace, inspectStore, openPlace, parseDataPlace } from "../storage-place.ts";

interface FsckOptions {
  readonly data?: string;
  readonly repair?: boolean;
  readonly from?: string;
}

/** So many places that damage hits are shown to a person. A machine gets them all. */
const SHOWN_HITS = 10;

export async function run(context: Context, _: readonly unknown[], options: FsckOptions): Promise<Result> {
  if (options.from !== undefined && !options.repair) {
    throw new Failure("usage", "--from is what --repair repairs from.", { next: "Add --repair, or leave --from out." });
  }
  const { env, now } = context.world;
  const place = parseDataPlace(options.data, env);
  const store = await inspectStore(place);
  using held = new DisposableStack();
  if (options.repair) {
    refuseForeignFolder(place.data);
    held.use(lockFolder(place.data));
  }
  const source = options.from === undefined ? undefined : await openSource(options.from, env, place.data);
  await using owners = options.repair ? await openOwners(place) : undefined;
  const tools = owners && {
    store,
    source,
    forgetOwners: owners.forget,
    remake: async (key: string) => await remakePointer(store.documents, await readKnown(place), key, now()),
  };
  let unknown: string | undefined;
  const listKnown = async () => {
    try {
      return await listKnownDocuments(store.documents, await readKnown(place));
    } catch (error) {
      if (!(error instanceof SitepodError)) throw error;
      unknown = error.message;
      return [];
    }
  };
  const result = await fsck(store, progressOf(context), tools, listKnown);
  context.report.clear();
  const database = [...findDatabaseDamage(place), ...(unknown === undefined ? [] : [describeUnasked(unknown)])];
  const left = [...result.left, ...database];
  return {
    text: format(context, result, left),
    json: { ...result.checked, damage: [...result.checked.damage, ...database], repaired: result.repaired, left },
    ...(left.length > 0 ? { ending: "failed" as const } : {}),
  };
}

async function openSource(
  place: string,
  env: Readonly<Record<string, string | undefined>>,
  scratch: string,
): Promise<RepairSource> {
  const opened = await openPlace(place, env, scratch, false);
  const [newest] = await listBackups(opened.documents);
  const texts = newest && (await readBackupTexts(opened, newest));
  return {
    readBlob: (digest) => opened.blobs.read(digest),
    readDocument: async (key) => (texts ? texts.get(key) : await opened.documents.read(key)),
  };
}

/** Opens the record of who sent which content. Where the database is lost, nobody is said to have sent anything. */
async function openOwners(place: DataPlace) {
  const db = await openRecords(place);
  return {
    async forget(digest: Digest) {
      await db?.query.deleteFrom("workspace_blobs").where("digest", "=", digest).execute();
    },
    [Symbol.asyncDispose]: async () => await db?.close(),
  };
}

async function openRecords({ data, databaseUrl }: DataPlace): Promise<Database | undefined> {
  if (databaseUrl !== undefined) return await openPostgres(databaseUrl);
  const path = join(data, "db", "sitepod.db");
  const isUsable = findFileFaults(path)?.length === 0 && !isNewSqlite(path);
  return isUsable ? await openSqlite(path) : undefined;
}

const readKnown = async ({ data, databaseUrl }: DataPlace): Promise<readonly KnownSite[]> =>
  databaseUrl === undefined
    ? readKnownSites(join(data, "db", "sitepod.db"))
    : await readKnownSitesOfPostgres(databaseUrl);

/** Contents and documents are checked without it; what must be there is not known. */
const describeUnasked = (reason: string): Damage => ({
  kind: "database",
  key: "The database",
  problem: `did not tell which pointers and records must be there: ${reason.replace(/\.$/, "")}`,
  isMissing: false,
  hits: [],
  pods: [],
});

/** PostgreSQL looks after its own files. */
function findDatabaseDamage({ data, databaseUrl }: DataPlace): Damage[] {
  if (databaseUrl !== undefined) return [];
  const faults = findFileFaults(join(data, "db", "sitepod.db")) ?? [{ problem: "is missing", isDamage: true }];
  return faults.map(({ problem, isDamage }) => ({
    kind: "database",
    key: "db/sitepod.db",
    problem: isDamage ? `${problem}. ${DATABASE_ADVICE}` : problem,
    isMissing: false,
    hits: [],
    pods: [],
  }));
}

function format({ paint }: Context, { checked, repaired }: FsckResult, left: readonly Damage[]): string {
  const lines = [
    `Read ${formatCount(checked.blobs, "blob")} (${formatBytes(checked.bytes)}), ${checked.encodings} compressed, ` +
      `${formatCount(checked.documents, "document")}, ${formatCount(checked.pods, "pod")}, and the database.`,
    ...repaired.filter(({ outcome }) => outcome !== "left").flatMap(formatRepaired),
    ...left.flatMap((damage) => [`${paint.red("✗")} ${damage.key} ${damage.problem}.`, ...formatHits(damage)]),
    left.length === 0
      ? `${paint.green("✓")} All is whole.`
      : `${formatCount(left.length, "fault")} found. ${adviceOn(left)}`.trimEnd(),
  ];
  return lines.join("\n");
}

const OUTCOMES: Readonly<Record<Repaired["outcome"], string>> = {
  restored: "restored",
  remade: "made anew, to what the database knows was released there last; a damaged one is in the folder quarantine",
  quarantined: "moved to quarantine: the next deploy that holds it sends it again",
  expected: "missing: the next deploy that holds it sends it again",
  removed: "removed: the server makes it again at its next start",
  left: "left as it is",
};

const formatRepaired = ({ damage, outcome }: Repaired): string[] => [
  `  ${damage.key} ${damage.problem}; ${OUTCOMES[outcome]}.`,
];

function formatHits({ hits }: Damage): string[] {
  const lines = hits.map(({ site, release, path }) => `    ${site} ${release}${path === undefined ? "" : ` ${path}`}`);
  const more = lines.length - SHOWN_HITS;
  return more > 0 ? [...lines.slice(0, SHOWN_HITS), `    … and ${more} more`] : lines;
}

/** The database's own fault says what to do about it, and so does what may not be read. */
function adviceOn(left: readonly Damage[]): string {
  const stored = left.filter(({ kind, isUnreadable }) => kind !== "database" && !isUnreadable);
  if (stored.length === 0) return "";
  return stored.some(({ kind, digest }) => kind !== "blob" || digest === undefined)
    ? "Repair it with --repair --from a backup, or restore a backup. Without one, --repair makes pointers anew from the database."
    : "Repair it with --repair, best --from a backup; or deploy the files again.";
}

/** No part of a database is taken from another. */
const DATABASE_ADVICE =
  "--repair leaves it as it is: stop the server, move the folder db away, and bring the records of a backup back by `sitepod server " +
  "restore <backup> --records-only`, or start the server with --rebuild-database where there is none";
