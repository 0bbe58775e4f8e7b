import { AsyncLocalStorage } from "node:async_hooks";

const requests = new AsyncLocalStorage<string>();
/** What tracing tools make up; nothing that could end a line or a quotation. */
const WELL_FORMED = /^[A-Za-z0-9._:+/=-]{1,128}$/;

/** Answers a request under its id: what is logged meanwhile, however deep, names it. */
export const inRequest = <T>(requestId: string, answer: () => T): T => requests.run(requestId, answer);

/** The id of the request that is being answered; undefined beside requests. */
export const currentRequestId = (): string | undefined => requests.getStore();

export const isRequestId = (text: string): boolean => WELL_FORMED.test(text);
