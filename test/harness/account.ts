/** A person with an account on a server under test. */
export interface Account {
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

/** Registers an account; the first one of a server is its administrator. Throws with the server's answer where refused. */
export async function register(endpoint: string, email = "admin@example.com"): Promise<Account> {
  const password = "correct horse battery staple";
  const response = await callApi({ endpoint }, "POST", "/auth/login", { email, password, action: "register" });
  const answer = (await response.json()) as { token?: string };
  if (!response.ok || answer.token === undefined) {
    throw new Error(`Cannot register ${email}: ${response.status} ${JSON.stringify(answer)}`);
  }
  return { email, password, token: answer.token };
}

/** Calls the API: `callApi({ endpoint, token }, "GET", "/projects")`. */
export function callApi(
  { endpoint, token }: { readonly endpoint: string; readonly token?: string },
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  const headers = new Headers();
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
  if (body !== undefined) headers.set("Content-Type", "application/json");
  return fetch(`${endpoint}/api/v1${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
}
