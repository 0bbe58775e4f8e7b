import { expect, test } from "bun:test";
import { refuse, type Route53Api, type Route53Setting, startRoute53 } from "../harness/route53.ts";
import { Secret } from "../../src/pki/secret.ts";
import { createRoute53 } from "../../src/pki/dns/route53.ts";

const KEYS = { keyId: "AKIDEXAMPLE", secret: "secret-of-tests" };
const NAME = "_acme-challenge.shop.example.com";
const ZONES = [
  { id: "Z1", name: "example.com" },
  { id: "Z2", name: "other.test" },
];

const start = (setting: Partial<Route53Setting> = {}): Route53Api =>
  startRoute53({ ...KEYS, zones: ZONES, ...setting });

const open = (api: Route53Api, secret = KEYS.secret) =>
  createRoute53({ keys: { id: KEYS.keyId, secret: new Secret(secret) }, endpoint: api.url, pollS: 0.01 });

test("two values stand in one set at once, and one is removed without the other", async () => {
  await using api = start({ pending: 0 });
  const writer = open(api);
  await Promise.all([writer.present(NAME, "one"), writer.present(NAME, "two")]);
  expect(api.texts(NAME).toSorted()).toEqual(['"one"', '"two"']);
  await writer.remove(NAME, "one");
  expect(api.texts(NAME)).toEqual(['"two"']);
  await writer.remove(NAME, "two");
  expect(api.texts(NAME)).toEqual([]);
});

test("a value is present once all servers have it", async () => {
  await using api = start({ pending: 1 });
  await open(api).present(NAME, "value");
  expect(api.requests.filter((request) => request.includes("/change/"))).toHaveLength(2);
});

test("a value that is there already is no fault, nor is one that is gone", async () => {
  await using api = start({ pending: 0 });
  const writer = open(api);
  for (let times = 0; times < 2; times++) await writer.present(NAME, "again");
  expect(api.texts(NAME)).toEqual(['"again"']);
  for (let times = 0; times < 2; times++) await writer.remove(NAME, "again");
  expect(api.requests.filter((request) => request.startsWith("POST"))).toHaveLength(2);
});

test("values of others stay, also those that are put there meanwhile", async () => {
  await using api = start({ pending: 0 });
  const writer = open(api);
  api.set(NAME, ['"two" "strings"', '"other"']);
  api.beforeChange = () => {
    api.beforeChange = () => undefined;
    api.set(NAME, ['"two" "strings"', '"other"', '"meanwhile"']);
    return undefined;
  };
  await writer.present(NAME, "ours");
  expect(api.texts(NAME)).toEqual(['"two" "strings"', '"other"', '"meanwhile"', '"ours"']);
  await writer.remove(NAME, "ours");
  expect(api.texts(NAME)).toEqual(['"two" "strings"', '"other"', '"meanwhile"']);
});

test("a change that is under way is waited for, and so is a limit", async () => {
  await using api = start({ pending: 0 });
  api.faults.push(refuse(400, "Throttling", "Rate exceeded"));
  api.beforeChange = () => {
    api.beforeChange = () => undefined;
    return refuse(400, "PriorRequestNotComplete", "Another change is under way");
  };
  await open(api).present(NAME, "value");
  expect(api.texts(NAME)).toEqual(['"value"']);
});

test("the nearest public zone is written to, on whichever page of private ones it is listed", async () => {
  const inside = ["Z3", "Z4", "Z5"].map((id) => ({ id, name: "shop.example.com", isPrivate: true }));
  const zones = [{ id: "Z1", name: "example.com" }, ...inside, { id: "Z6", name: "shop.example.com" }];
  await using api = start({ zones, pageSize: 2, pending: 0 });
  await open(api).present(NAME, "value");
  expect(api.requests.find((request) => request.startsWith("POST"))).toStartWith("POST /2013-04-01/hostedzone/Z6/");
});

test("a name in no zone of the account is an error that says so", async () => {
  await using api = start();
  await expect(open(api).present("_acme-challenge.elsewhere.org", "x")).rejects.toThrow(
    "no public hosted zone for _acme-challenge.elsewhere.org",
  );
});

test("a secret that is wrong, and a right that is missing, are told of, and the secret is not shown", async () => {
  await using api = start();
  const error = await open(api, "stale-secret").present(NAME, "x").catch(String);
  expect(error).toContain("Route 53: The request signature we calculated does not match");
  expect(error).not.toContain("stale-secret");
  api.faults.push(refuse(403, "AccessDenied", "You may not perform route53:ListHostedZonesByName"));
  await expect(open(api).present(NAME, "x")).rejects.toThrow("You may not perform route53:ListHostedZonesByName");
});
