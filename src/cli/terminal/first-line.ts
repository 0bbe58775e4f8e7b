import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";

/** Reads a password from the first line of standard input. Throws a Failure of `usage` where there is none. */
export async function readFirstLine(context: Context): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of context.world.stdin) chunks.push(Buffer.from(chunk as Uint8Array | string));
  const line = Buffer.concat(chunks).toString("utf8").split(/\r?\n/)[0]!;
  if (line === "") throw new Failure("usage", "Standard input holds no password.");
  return line;
}
