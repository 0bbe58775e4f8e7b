import type { Page } from "playwright-core";
import { type Invitations, MARKUP } from "./seed.ts";

/** Something that is looked at: where it is, what is seen when it is there, and what has to be done before. */
export interface Place {
  readonly path: string;
  readonly seen: string;
  readonly act?: (page: Page) => Promise<void>;
}

/** Pages of somebody who is not signed in, beside the sign-in, by their names. */
export const signedOut = ({ open }: Invitations): Readonly<Record<string, Place>> => ({
  "forgot-password": { path: "/forgot-password", seen: "This server sends no mail" },
  "reset-password": { path: "/reset-password#token", seen: "New password" },
  invitation: { path: `/invitation#${open}`, seen: "Create an account and join" },
  "invitation-over": { path: "/invitation#invite_0", seen: "Ask for another" },
});

/** Every page of somebody who is. */
export const signedIn = ({ open, other }: Invitations): Readonly<Record<string, Place>> => ({
  sites: { path: "/", seen: "v2" },
  new: { path: "/new", seen: "Drop a folder here" },
  site: { path: "/sites/shop", seen: "waits for an approval" },
  "site-without-beta": { path: "/sites/fresh", seen: "Nothing has been released here." },
  previews: { path: "/sites/shop/previews", seen: "menu" },
  traffic: { path: "/sites/shop/traffic", seen: `/${encodeURIComponent(MARKUP)}.png` },
  domains: { path: "/sites/shop/domains", seen: "shop.example.org" },
  settings: { path: "/sites/shop/settings", seen: "set by ada@example.com" },
  deploy: { path: "/sites/shop/deploy", seen: "Drop a folder here" },
  release: { path: "/sites/shop/releases/v2", seen: `${MARKUP}.txt` },
  changes: {
    path: "/sites/shop/releases/v2/changes",
    seen: "Changes since",
    async act(page) {
      await page.getByRole("button", { name: "app.js changed" }).click();
      await page.getByText(`// ${MARKUP}${MARKUP}`).waitFor();
    },
  },
  preview: { path: "/sites/shop/releases/v2/preview", seen: "as it is served" },
  log: { path: "/sites/shop/releases/v2/log", seen: "It is release v2" },
  bin: { path: "/bin", seen: "Delete for good" },
  members: { path: "/members", seen: "Invitations that wait" },
  approvals: { path: "/approvals", seen: `Not on a Friday ${MARKUP}` },
  tokens: { path: "/tokens", seen: "bob's laptop" },
  audit: {
    path: "/audit",
    seen: "release.create",
    async act(page) {
      await page.getByRole("button", { name: "What guard.set changed" }).first().click();
      await page.getByRole("region", { name: "Change" }).first().waitFor();
    },
  },
  usage: { path: "/usage", seen: "By site" },
  "workspace-settings": { path: "/settings", seen: "Delete this workspace" },
  server: { path: "/server", seen: "Garbage collection" },
  account: { path: "/account", seen: "Delete your account" },
  security: { path: "/security", seen: "this browser" },
  device: { path: "/device", seen: "The code that it shows" },
  "invitation-accept": { path: `/invitation#${open}`, seen: "Accept as ada@example.com" },
  "invitation-for-another": { path: `/invitation#${other}`, seen: "It is for dora@example.com" },
  unknown: { path: "/nowhere", seen: "There is no page here" },
});

const press = (name: string) => (page: Page) => page.getByRole("button", { name, exact: true }).click();
const pressFor = (name: string, seen: string) => async (page: Page) => {
  await press(name)(page);
  await page.getByRole("dialog").getByText(seen).first().waitFor();
};

/** What pages show once something was pressed there. */
export const PRESSED: Readonly<Record<string, Place>> = {
  promote: { path: "/sites/shop", seen: "Promote", act: pressFor("Promote v2 to prod", "app.js") },
  lock: { path: "/sites/shop", seen: "Promote", act: pressFor("Lock beta", "Reason") },
  locked: { path: "/sites/blog", seen: `Locked: The fair is on ${MARKUP}` },
  invite: { path: "/members", seen: "Invitations that wait", act: press("Invite") },
  "change-member": {
    path: "/members",
    seen: "Invitations that wait",
    act: pressFor("Change the role of cleo@example.com", "shop"),
  },
  "remove-member": {
    path: "/members",
    seen: "Invitations that wait",
    act: pressFor("Remove bob@example.com", "bob's laptop"),
  },
  approve: { path: "/approvals", seen: "Look at it", act: pressFor("Approve v2 for prod of shop", "app.js") },
  "new-token": { path: "/tokens", seen: "bob's laptop", act: press("New token") },
  invited: {
    path: "/members",
    seen: "Invitations that wait",
    async act(page) {
      await press("Invite")(page);
      await press("Invite")(page);
      await page.getByRole("region", { name: "The invitation" }).waitFor();
    },
  },
  waits: {
    path: "/sites/shop",
    seen: "Promote",
    async act(page) {
      await press("Promote v2 to prod")(page);
      await press("Ask for v2")(page);
      await page.getByText("It waits for another member's approval.").waitFor();
    },
  },
  "no-sites": {
    path: "/",
    seen: "shop",
    async act(page) {
      await page.getByRole("button", { name: /^Workspace/ }).click();
      await page.getByRole("button", { name: /^Empty/ }).click();
      await page.getByRole("heading", { name: "Nothing here yet" }).waitFor();
    },
  },
  switcher: {
    path: "/",
    seen: "Nothing here yet",
    async act(page) {
      await page.getByRole("button", { name: /^Workspace/ }).click();
      await page.getByRole("button", { name: "New workspace" }).waitFor();
    },
  },
  palette: {
    path: "/members",
    seen: "Members",
    async act(page) {
      await page.keyboard.press("Control+k");
      await page.getByRole("option", { name: "Audit log" }).waitFor();
    },
  },
};
