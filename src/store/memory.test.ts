import { describeStore } from "./conformance.ts";
import { openMemoryStore } from "./memory.ts";

describeStore("the store in memory", async () => ({ store: openMemoryStore(), close: async () => {} }));
