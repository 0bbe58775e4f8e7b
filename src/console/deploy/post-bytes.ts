import type { Api } from "#wire";
import { ApiError } from "../api.ts";

interface PostOptions {
  readonly type: string;
  readonly signal: AbortSignal;
  /** Called with the bytes of this body that have gone out by now; with 0 where it begins again. */
  readonly onSent: (bytes: number) => void;
}

const TRIES = 4;
const FIRST_PAUSE_MS = 500;

/** Posts bytes to the API and tells how far it is, which `fetch` cannot. What may be better the next time is tried again. */
export async function postBytes(path: string, body: Blob | ArrayBuffer, options: PostOptions): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await post(path, body, options);
    } catch (error) {
      const mayPass = error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.status === 429);
      if (!mayPass || attempt === TRIES) throw error;
      options.onSent(0);
      await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1), options.signal);
    }
  }
}

function post(path: string, body: Blob | ArrayBuffer, { type, signal, onSent }: PostOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => {
      request.abort();
      reject(signal.reason as Error);
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    request.open("POST", `/api/v1${path}`);
    request.setRequestHeader("content-type", type);
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded }) => onSent(loaded));
    request.addEventListener("error", () =>
      reject(new ApiError(0, { message: "The connection broke while files were being sent." })),
    );
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response);
      else reject(new ApiError(request.status, (request.response ?? {}) as Partial<Api.ErrorBody>));
    });
    request.addEventListener("loadend", () => signal.removeEventListener("abort", abort));
    request.send(body);
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
