import type { Answer, World } from "../domains/world.ts";

export const PASSWORD = "correct horse battery";

/** For tests: a browser with its cookies, at the console of a world. */
export class TestBrowser {
  readonly #world: World;
  readonly #address: string;
  readonly cookies = new Map<string, string>();
  /** The headers of the last answer. */
  headers = new Headers();

  constructor(world: World, address = "192.0.2.1") {
    this.#world = world;
    this.#address = address;
  }

  async send(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> {
    const response = await this.#world.fetch(
      method,
      path,
      body,
      {
        origin: "https://sites.test",
        "user-agent": "TestBrowser/1",
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...more,
      },
      this.#address,
    );
    this.headers = response.headers;
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  }

  logIn(email: string, more: object = {}): Promise<Answer> {
    return this.send("POST", "/auth/login", { email, password: PASSWORD, ...more }, { "x-sitepod-session": "cookie" });
  }

  #keep(cookie: string): void {
    const [pair = "", ...attributes] = cookie.split("; ");
    const at = pair.indexOf("=");
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute)) || value === "") this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
