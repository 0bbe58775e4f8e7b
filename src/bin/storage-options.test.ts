import { expect, test } from "bun:test";
import { parseServeOptions } from "./serve-options.ts";

const bucket = {
  SITEPOD_STORAGE_TYPE: "s3",
  SITEPOD_S3_BUCKET: "sites",
  AWS_ACCESS_KEY_ID: "key",
  AWS_SECRET_ACCESS_KEY: "secret",
};

test("the cache is 10 GiB, and a bucket addressed as is usual, unless they are told", () => {
  const { cacheBytes, addressing } = parseServeOptions([], bucket).storage;
  expect([cacheBytes, addressing]).toEqual([10 * 1024 ** 3, undefined]);
  const told = { ...bucket, SITEPOD_CACHE_SIZE: "500MiB", SITEPOD_S3_ADDRESSING: "host" };
  const { storage } = parseServeOptions([], told);
  expect([storage.cacheBytes, storage.addressing]).toEqual([500 * 1024 ** 2, "host"]);
});

test("all that is wrong with a bucket's options is told at once", () => {
  const wrong = { SITEPOD_STORAGE_TYPE: "s3", SITEPOD_CACHE_SIZE: "much", SITEPOD_S3_ADDRESSING: "port" };
  for (const fault of [
    'SITEPOD_CACHE_SIZE is "much" and must be a size such as 10GiB',
    'SITEPOD_S3_ADDRESSING is "port" and must be path or host',
    "set SITEPOD_S3_BUCKET, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY too",
  ]) {
    expect(() => parseServeOptions([], wrong)).toThrow(fault);
  }
});
