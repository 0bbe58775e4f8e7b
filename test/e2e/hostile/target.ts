/** What the attacks aim at, and what they tell of themselves. */
export const DOMAIN = "sites.test";
export const SITE = `one.${DOMAIN}`;
/** A site that asks for a password. */
export const LOCKED_SITE = `locked.${DOMAIN}`;
/** A file that is streamed from the disk. */
export const FILM = "/film.bin";

export type AttackKind =
  | "idle"
  | "slow headers"
  | "slow bodies"
  | "slow readers"
  | "unknown hosts"
  | "unknown names"
  | "range bombs"
  | "header bombs"
  | "passwords";

/** What an attack has done up to now. */
export interface Progress {
  /** Connections that are open. */
  open: number;
  /** Answers that came back. */
  answered: number;
}
