import { afterAll, beforeAll, describe, test } from "bun:test";
import { testBlobs } from "./blobs-conformance.ts";
import { testDocuments } from "./documents-conformance.ts";
import { testEncodings } from "./encodings-conformance.ts";
import { testUploads } from "./uploads-conformance.ts";
import type { Store } from "./ports.ts";

export interface OpenedStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** What every store does, whatever it stands on. Each test uses keys, workspaces and contents of its own. */
export function describeStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(name, () => {
    let opened: OpenedStore;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    test("says that it works", () => opened.store.check());
    describe("documents", () => testDocuments(() => opened.store.documents));
    describe("uploads", () => testUploads(() => opened.store));
    describe("blobs", () => testBlobs(() => opened.store));
    describe("encodings", () => testEncodings(() => opened.store.encodings));
  });
}
