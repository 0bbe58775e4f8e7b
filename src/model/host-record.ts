import { parseJsonObject } from "./ref.ts";
import { type Environment, isEnvironment } from "./site.ts";

/** A custom domain that is verified: where its host name leads. */
export interface HostRecord {
  readonly hostname: string;
  readonly label: string;
  readonly environment: Environment;
}

export const formatHostRecord = (record: HostRecord): string => `${JSON.stringify(record)}\n`;

/** Reads a host's file. Undefined where the text is not one. */
export function parseHostRecord(text: string): HostRecord | undefined {
  const value = parseJsonObject(text);
  if (!value || !isEnvironment(value["environment"])) return undefined;
  return typeof value["hostname"] === "string" && typeof value["label"] === "string"
    ? (value as unknown as HostRecord)
    : undefined;
}
