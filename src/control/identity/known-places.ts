import { createHash } from "node:crypto";
import { networkOf } from "#model";
import { type Context, newId } from "../context.ts";
import { cookiePrefix } from "./better-auth.ts";
import type { Client } from "./client.ts";

/** A place from which nobody has signed in for so long is strange again. */
const KNOWN_FOR_MS = 90 * 24 * 60 * 60 * 1000;
/** Browsers keep no cookie longer. */
const COOKIE_LIFETIME_S = 400 * 24 * 60 * 60;

/** From where accounts have signed in: browsers, by a cookie of theirs, and networks. */
export interface KnownPlaces {
  /** The place from which an account has signed in before, undefined where this is none. */
  find(email: string, client: Client): Promise<string | undefined>;
  /** Remembers where an account has just signed in. Returns the headers of cookies that a browser is to have. */
  remember(userId: string, client: Client): Promise<readonly string[]>;
}

export function createKnownPlaces(context: Context): KnownPlaces {
  const { isHttps } = context.addresses;
  const cookieName = `${cookiePrefix(isHttps)}.browser`;
  const since = () => new Date(context.nowMs() - KNOWN_FOR_MS).toISOString();
  const browserOf = ({ cookie }: Client) =>
    cookie
      ?.split("; ")
      .find((pair) => pair.startsWith(`${cookieName}=`))
      ?.slice(cookieName.length + 1);
  /** The narrower first. */
  const placesOf = (browser: string | undefined, { address }: Client) => [
    ...(browser === undefined ? [] : [hash(`browser ${browser}`)]),
    ...(address === null ? [] : [hash(`network ${networkOf(address)}`)]),
  ];

  return {
    async find(email, client) {
      const places = placesOf(browserOf(client), client);
      if (places.length === 0) return undefined;
      const rows = await context.db.query
        .selectFrom("known_places")
        .innerJoin("user", "user.id", "known_places.user_id")
        .where("user.email", "=", email.toLowerCase())
        .where("known_places.place", "in", places)
        .where("known_places.last_used_at", ">", since())
        .select("known_places.place")
        .execute();
      return places.find((place) => rows.some((row) => row.place === place));
    },
    async remember(userId, client) {
      const known = browserOf(client);
      const browser = known ?? newId(context, "browser", 31);
      const now = new Date(context.nowMs()).toISOString();
      const rows = placesOf(browser, client).map((place) => ({ user_id: userId, place, last_used_at: now }));
      await context.db.query
        .insertInto("known_places")
        .values(rows)
        .onConflict((conflict) => conflict.columns(["user_id", "place"]).doUpdateSet({ last_used_at: now }))
        .execute();
      await context.db.query
        .deleteFrom("known_places")
        .where("user_id", "=", userId)
        .where("last_used_at", "<", since())
        .execute();
      if (known !== undefined) return [];
      const secure = isHttps ? "; Secure" : "";
      return [`${cookieName}=${browser}; Path=/; Max-Age=${COOKIE_LIFETIME_S}; HttpOnly; SameSite=Lax${secure}`];
    },
  };
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
