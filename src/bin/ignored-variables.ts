import { ENVIRONMENT_VARIABLES } from "#cli";
import { editDistance } from "#wire";
import type { Option } from "./option.ts";
import { SERVE_OPTIONS } from "./serve-options.ts";
import { isServiceLink } from "./service-links.ts";
import { bucketVariables } from "./storage-place.ts";
import { SUCCESSION_VARIABLE } from "./succession.ts";

const PREFIX = "SITEPOD_";
/** A name that differs in more characters is another one, and so is a short one of which half differs. */
const MAX_DISTANCE = 3;

/** Says of each variable that looks like the server's and is not used that it is not, without its value: that may be a secret. */
export function describeIgnored(env: Readonly<Record<string, string | undefined>>): string[] {
  const options = new Set((Object.values(SERVE_OPTIONS) as Option[]).map((option) => option.env));
  const known = new Set<string>([
    ...options,
    ...ENVIRONMENT_VARIABLES.map(({ key }) => key),
    ...bucketVariables("SITEPOD_BACKUP"),
    ...bucketVariables("SITEPOD_TO"),
    SUCCESSION_VARIABLE,
  ]);
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && env[name])
    .toSorted()
    .flatMap((name) => {
      if (isServiceLink(name, env[name]!)) return options.has(name) ? [describeLink(name)] : [];
      return known.has(name) ? [] : [describeUnknown(name, known)];
    });
}

function describeLink(name: string): string {
  const service = name.slice(0, -"_PORT".length).toLowerCase().replaceAll("_", "-");
  return (
    `${name} is not used: Kubernetes set it, to tell of the Service ${service}. Say enableServiceLinks: false in the ` +
    "specification of the pod, and set the port there or by its option"
  );
}

function describeUnknown(name: string, known: ReadonlySet<string>): string {
  const near = findNear(name, known);
  return `${name} is set, is no variable of sitepod, and is ignored${near === undefined ? "" : `. Did you mean ${near}?`}`;
}

function findNear(name: string, known: ReadonlySet<string>): string | undefined {
  const limit = Math.min(MAX_DISTANCE, Math.floor((name.length - PREFIX.length) / 2));
  const [nearest] = Array.from(known, (candidate) => ({ candidate, distance: editDistance(name, candidate) })).toSorted(
    (a, b) => a.distance - b.distance,
  );
  return nearest && nearest.distance <= limit ? nearest.candidate : undefined;
}
