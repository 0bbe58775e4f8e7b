export { type Authority, createIssue } from "./acme.ts";
export type { Certificate } from "./certificate.ts";
export { CHALLENGE_PATH, type Challenges, createChallenges } from "./challenges.ts";
export { createDnsHook, type DnsWriter } from "./dns-hook.ts";
export { createKeeper, type Keeper } from "./keeper.ts";
export { Secret } from "./secret.ts";
export { createSelfSigned } from "./self-signed.ts";
export { listWanted, type Routed, type Wanted } from "./wanted.ts";
