import type { Answer, Sender, World } from "./world.ts";

/** A request that must be refused: what is wrong with it, how it is sent, and what it is answered. */
export type BadInput = readonly [
  what: string,
  send: (world: World) => Promise<Answer>,
  status: number,
  /** The code in the body; undefined where a page for people answers. */
  error: string | undefined,
  message: RegExp,
];

type Body = unknown | ((world: World) => unknown);

/** A request whose path or body may depend on the ids of the world. */
export const ask =
  (sender: Sender, method: string, path: string | ((world: World) => string), body?: Body) =>
  (world: World): Promise<Answer> =>
    world.send(
      sender,
      method,
      typeof path === "string" ? path : path(world),
      typeof body === "function" ? (body as (world: World) => unknown)(world) : body,
    );

/** A digest that no content has. */
export const NO_HASH = "0".repeat(64);

export const file = (path: unknown, more: object = {}): object => ({ path, blake3: NO_HASH, size: 1, ...more });

/** A plan of ann's site with these files. */
export const planOf = (...files: unknown[]) => ask("ann", "POST", "/plan", { project: "shop", files });
