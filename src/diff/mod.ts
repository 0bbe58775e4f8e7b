export * from "./pod-diff.ts";
export * from "./upload-plan.ts";
