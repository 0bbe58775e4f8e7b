export * from "./pod-diff.ts";
export * from "./retention.ts";
export * from "./upload-plan.ts";
