export { readMachineConfig } from "./machine-file.ts";
export { findProject } from "./project-file.ts";
export { chooseServer } from "./server-choice.ts";
