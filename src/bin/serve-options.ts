import { isIP } from "node:net";
import { parseArgs } from "node:util";
import { parseSize, SitepodError } from "#model";
import { BACKUP_OPTIONS, decideBackups } from "./backup-options.ts";
import { DATABASE_OPTIONS, parseDatabaseUrl } from "./database-url.ts";
import { decideHttps, HTTPS_OPTIONS } from "./https-options.ts";
import { parseLogFormat } from "./log.ts";
import { decideMail, MAIL_OPTIONS } from "./mail-options.ts";
import { decideOidc, OIDC_OPTIONS } from "./oidc-options.ts";
import { type Option, parseCount } from "./option.ts";
import { parseProxies } from "./proxies.ts";
import { decideKeeping, RETENTION_OPTIONS } from "./retention-options.ts";
import { decideRole, ROLE_OPTIONS } from "./role-options.ts";
import { decideQuotas, QUOTA_OPTIONS } from "./quota-options.ts";
import { isServiceLink } from "./service-links.ts";
import { decideStorage, STORAGE_OPTIONS } from "./storage-options.ts";
import { parseTrafficEvery, TRAFFIC_EVERY_EXPECTED, TRAFFIC_OPTIONS } from "./traffic-options.ts";
import { parseWorkers, WORKERS_EXPECTED, WORKERS_OPTION } from "./workers-option.ts";

export type { Option };

/** Every option of `sitepod serve`. The reference page is generated from this table. */
export const SERVE_OPTIONS = {
  port: {
    flag: "port",
    env: "SITEPOD_PORT",
    kind: "count",
    fallback: "8080",
    doc: "Port to listen on for HTTP, 80 where HTTPS is on; 0 takes a free one",
  },
  ...HTTPS_OPTIONS,
  ...DATABASE_OPTIONS,
  data: { flag: "data", env: "SITEPOD_DATA", kind: "text", fallback: "./data", doc: "Folder that holds everything" },
  domain: {
    flag: "domain",
    env: "SITEPOD_DOMAIN",
    kind: "text",
    fallback: "localhost",
    doc: "Base domain: the console is there, each site one label under it",
  },
  host: {
    flag: "host",
    env: "SITEPOD_HOST",
    kind: "text",
    doc: "Address to listen on; by default this machine alone where the domain is localhost, else every address",
  },
  ...WORKERS_OPTION,
  ...ROLE_OPTIONS,
  logFormat: {
    flag: "log-format",
    env: "SITEPOD_LOG_FORMAT",
    kind: "text",
    fallback: "text",
    doc: "How the log is written: text for people, json for machines, one object a line",
  },
  leaveSeconds: {
    flag: "leave-seconds",
    env: "SITEPOD_LEAVE_SECONDS",
    kind: "count",
    fallback: "0",
    doc: "How long a server that is told to stop serves on while /readyz answers 503, so that load balancers leave it",
  },
  pidFile: {
    flag: "pid-file",
    env: "SITEPOD_PID_FILE",
    kind: "text",
    doc: "File that holds the id of the process that serves, also after one has taken the place of another (SIGUSR2)",
  },
  publicUrl: {
    flag: "public-url",
    env: "SITEPOD_PUBLIC_URL",
    kind: "text",
    doc: "How people reach the base domain, where a proxy stands before the server, such as https://example.com",
  },
  publicAddress: {
    flag: "public-address",
    env: "SITEPOD_PUBLIC_ADDRESS",
    kind: "text",
    doc: "This server's IP addresses, separated by commas, for people's DNS records; by default those of the base domain",
  },
  dnsServer: {
    flag: "dns-server",
    env: "SITEPOD_DNS_SERVER",
    kind: "text",
    doc: "DNS server that is asked about domains and their name servers, as address or address:port; by default the machine's",
  },
  allowProxying: {
    flag: "allow-proxying",
    env: "SITEPOD_ALLOW_PROXYING",
    kind: "switch",
    doc: "Let rules of sites (`/api/* https://… 200`) have servers of the public internet asked",
  },
  allowWebhooksTo: {
    flag: "allow-webhooks-to",
    env: "SITEPOD_ALLOW_WEBHOOKS_TO",
    kind: "text",
    doc: "Private networks that webhooks may go to, such as 10.0.0.0/8,127.0.0.1; by default the public internet alone",
  },
  countryHeader: {
    flag: "country-header",
    env: "SITEPOD_COUNTRY_HEADER",
    kind: "text",
    doc: "Header in which a proxy before the server tells the visitor's country, such as CF-IPCountry",
  },
  openSignUp: {
    flag: "open-sign-up",
    env: "SITEPOD_OPEN_SIGN_UP",
    kind: "switch",
    doc: "Let anybody register, not only the first",
  },
  welcome: {
    flag: "welcome",
    env: "SITEPOD_WELCOME",
    kind: "switch",
    doc: "Release the bundled example where there is no site yet",
  },
  rebuildDatabase: {
    flag: "rebuild-database",
    env: "SITEPOD_REBUILD_DATABASE",
    kind: "switch",
    doc: "Where the database is lost: make a new one from the refs and the release records",
  },
  assetSurvivalHours: {
    flag: "asset-survival-hours",
    env: "SITEPOD_ASSET_SURVIVAL_HOURS",
    kind: "hours",
    fallback: "24",
    doc: "How long hashed assets of a replaced release keep answering",
  },
  ...TRAFFIC_OPTIONS,
  ...RETENTION_OPTIONS,
  adminEmail: { env: "SITEPOD_ADMIN_EMAIL", kind: "text", doc: "Makes the first account at start, with the next" },
  adminPassword: { env: "SITEPOD_ADMIN_PASSWORD", kind: "secret", doc: "The first account's password" },
  adminToken: { env: "SITEPOD_ADMIN_TOKEN", kind: "secret", doc: "Lets scripts call /api/v1/cleanup and /api/v1/gc" },
  ...MAIL_OPTIONS,
  ...OIDC_OPTIONS,
  ...QUOTA_OPTIONS,
  ...STORAGE_OPTIONS,
  ...BACKUP_OPTIONS,
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof SERVE_OPTIONS;

/** The options as they were decided. Sizes are in bytes. */
export type ServeOptions = ReturnType<typeof parseServeOptions>;

/** Parses the arguments after `serve`, and the environment. Throws SitepodError `invalid` with every fault. */
export function parseServeOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>) {
  const faults: string[] = [];
  const flags = parseFlags(argv, faults);

  function variableOf(name: string): string | undefined {
    const value = env[name];
    return value === undefined || isServiceLink(name, value) ? undefined : value;
  }
  function told(name: OptionName): { readonly text: string; readonly place: string } | undefined {
    const option: Option = SERVE_OPTIONS[name];
    const flag = option.flag === undefined ? undefined : flags[option.flag];
    if (flag !== undefined) return { text: flag, place: `--${option.flag}` };
    const variable = variableOf(option.env);
    if (variable !== undefined && variable !== "") return { text: variable, place: option.env };
    return option.fallback === undefined ? undefined : { text: option.fallback, place: option.env };
  }
  const text = (name: OptionName) => told(name)?.text;
  const isOn = (name: OptionName) => ["1", "true", "yes", "on"].includes(text(name)?.toLowerCase() ?? "");
  function number(name: OptionName, parse: (text: string) => number | undefined, expected: string): number {
    const { text, place } = told(name)!;
    const value = parse(text);
    if (value === undefined) faults.push(`${place} is ${JSON.stringify(text)} and must be ${expected}`);
    return value ?? 0;
  }

  const portOf = (name: OptionName) => number(name, (text) => parseCount(text, 65_535), "a port between 0 and 65535");
  const https = decideHttps(text, isOn, portOf("httpsPort"), faults);
  const isPortTold = flags["port"] !== undefined || Boolean(variableOf(SERVE_OPTIONS.port.env));
  const port = https && !isPortTold ? 80 : portOf("port");
  const trusted = text("trustProxy");
  const proxies = trusted === undefined ? undefined : parseProxies(trusted);
  if (trusted !== undefined && !proxies) {
    faults.push(`--trust-proxy ${JSON.stringify(trusted)} must be networks such as 10.0.0.0/8,127.0.0.1`);
  }
  const webhookNetworks = text("allowWebhooksTo");
  const webhooksTo = webhookNetworks === undefined ? undefined : parseProxies(webhookNetworks);
  if (webhookNetworks !== undefined && !webhooksTo) {
    faults.push(`--allow-webhooks-to ${JSON.stringify(webhookNetworks)} must be networks such as 10.0.0.0/8,127.0.0.1`);
  }
  const domain = text("domain")!.toLowerCase();
  const publicUrl = parsePublicUrl(text("publicUrl"), domain, faults);
  const workers = number("workers", parseWorkers, WORKERS_EXPECTED);
  const options = {
    ...decideRole(text, workers, faults),
    port,
    https,
    /** Undefined: none is trusted. */
    proxies,
    data: text("data")!,
    databaseUrl: parseDatabaseUrl(text("databaseUrl"), faults),
    host: text("host") ?? (isLocal(publicUrl?.hostname ?? domain) && !text("publicUrl") ? "localhost" : undefined),
    /** Undefined: derived from domain and port once the port is known. */
    publicUrl,
    domain: publicUrl?.hostname ?? domain,
    publicAddresses: parseAddresses(text("publicAddress"), faults),
    dnsServer: text("dnsServer"),
    allowProxying: isOn("allowProxying"),
    /** Undefined: to the public internet alone. */
    webhooksTo,
    countryHeader: parseHeaderName(text("countryHeader"), faults),
    openSignUp: isOn("openSignUp"),
    welcome: isOn("welcome"),
    rebuildDatabase: isOn("rebuildDatabase"),
    /** Processes that serve sites; 1: this one alone. */
    workers,
    logFormat: parseLogFormat(text("logFormat")!, faults),
    leaveSeconds: number("leaveSeconds", (text) => parseCount(text, 3600), "a number of seconds up to 3600"),
    pidFile: text("pidFile"),
    assetSurvivalHours: number("assetSurvivalHours", parseHours, "a number of hours"),
    trafficEveryS: number("trafficEvery", parseTrafficEvery, TRAFFIC_EVERY_EXPECTED),
    keeping: decideKeeping(text, number("gcEvery", parseHours, "a number of hours"), faults),
    adminEmail: text("adminEmail"),
    adminPassword: text("adminPassword"),
    adminToken: text("adminToken"),
    ...decideQuotas(text("diskReserve")!, number, faults),
    /** Undefined: none is sent. */
    mail: decideMail(text, faults),
    /** Undefined: nobody signs in by another server. */
    oidc: decideOidc(text, faults),
    /** Undefined: none are made. */
    backups: decideBackups(
      text,
      number("backupEvery", parseHours, "a number of hours"),
      number("backupKeep", parseCount, "a whole number"),
      faults,
    ),
    storage: decideStorage(text, number("cacheSize", parseSize, "a size such as 10GiB"), faults),
  };
  if (faults.length > 0) throw new SitepodError("invalid", `${faults.join(".\n")}.`, { faults });
  return options;
}

function parseAddresses(text: string | undefined, faults: string[]): readonly string[] {
  const addresses = text?.split(",").map((address) => address.trim()) ?? [];
  for (const address of addresses) {
    if (isIP(address) === 0) faults.push(`--public-address holds ${JSON.stringify(address)}, which is no IP address`);
  }
  return addresses;
}

function parseHeaderName(text: string | undefined, faults: string[]): string | undefined {
  const name = text?.toLowerCase();
  if (name !== undefined && !/^[a-z0-9-]+$/.test(name)) {
    faults.push(`--country-header is ${JSON.stringify(text)} and must be the name of a header, such as CF-IPCountry`);
  }
  return name;
}

function parseFlags(argv: readonly string[], faults: string[]): Record<string, string | undefined> {
  const options: Record<string, { type: "string" | "boolean" }> = {};
  for (const option of Object.values(SERVE_OPTIONS) as Option[]) {
    if (option.flag) options[option.flag] = { type: option.kind === "switch" ? "boolean" : "string" };
  }
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true });
    return Object.fromEntries(Object.entries(values).map(([flag, value]) => [flag, String(value)]));
  } catch (error) {
    faults.push(`${(error as Error).message.replace(/\.$/, "")}. See sitepod serve --help`);
    return {};
  }
}

function parsePublicUrl(text: string | undefined, domain: string, faults: string[]): URL | undefined {
  const url = URL.parse(text ?? `http://${domain}`);
  const isPlain = url && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "" && !url.username;
  if (!isPlain) {
    const place = text === undefined ? `--domain ${JSON.stringify(domain)}` : `--public-url ${JSON.stringify(text)}`;
    faults.push(
      `${place} must be ${text === undefined ? "a host name such as example.com" : "a URL such as https://example.com"}`,
    );
    return undefined;
  }
  return text === undefined && url.port === "" ? undefined : url;
}

const isLocal = (hostname: string) => hostname === "localhost" || hostname.endsWith(".localhost");

function parseHours(text: string): number | undefined {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value <= 24 * 365 ? value : undefined;
}
