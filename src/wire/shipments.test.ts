import { expect, test } from "bun:test";
import fc from "fast-check";
import { MAX_BATCH_BYTES, batchedSize } from "./blob-batch.ts";
import { MAX_BATCHED_FILE_BYTES, MAX_BATCHED_FILES, packShipments } from "./shipments.ts";

const filesOf = (shipments: ReturnType<typeof packShipments<{ size: number }>>) =>
  shipments.flatMap((shipment) => (shipment.kind === "batch" ? [...shipment.files] : [shipment.file]));

test("small files travel together, a large one and a lone one by themselves", () => {
  const large = { size: MAX_BATCHED_FILE_BYTES + 1 };
  expect(packShipments([{ size: 1 }, large, { size: 0 }])).toEqual([
    { kind: "file", file: large },
    { kind: "batch", files: [{ size: 1 }, { size: 0 }] },
  ]);
  expect(packShipments([{ size: 5 }])).toEqual([{ kind: "file", file: { size: 5 } }]);
  expect(packShipments([])).toEqual([]);
});

test("every file is sent once, and no batch is more than the server takes", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ size: fc.nat(2 * MAX_BATCHED_FILE_BYTES) })), (files) => {
      const shipments = packShipments(files);
      expect(new Set(filesOf(shipments))).toEqual(new Set(files));
      expect(filesOf(shipments)).toHaveLength(files.length);
      for (const shipment of shipments) {
        if (shipment.kind === "file") continue;
        const bytes = shipment.files.reduce((sum, { size }) => sum + batchedSize(size), 0);
        expect(bytes).toBeLessThanOrEqual(MAX_BATCH_BYTES);
      }
    }),
  );
});

test("a batch of tiny files has so many and no more", () => {
  const tiny = Array.from({ length: 2 * MAX_BATCHED_FILES + 1 }, () => ({ size: 1 }));
  const counts = packShipments(tiny).map((shipment) => (shipment.kind === "batch" ? shipment.files.length : 1));
  expect(counts).toEqual([MAX_BATCHED_FILES, MAX_BATCHED_FILES, 1]);
});
