import { html, raw } from "hono/html";

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly security?: readonly Record<string, readonly string[]>[];
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema?: JsonSchema }[];
  readonly requestBody?: { content?: Record<string, { schema?: JsonSchema }> };
  readonly responses?: Record<string, { description?: string; content?: Record<string, { schema?: JsonSchema }> }>;
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly properties?: Record<string, JsonSchema>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly example?: unknown;
}

interface OpenApiDocument {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths?: object | undefined;
}

type Html = ReturnType<typeof html>;

/** Returns what answers with the page, which is drawn when it is first asked for. */
export function createReferencePage(document: () => OpenApiDocument): () => Promise<Response> {
  let page: Promise<string> | undefined;
  return async () =>
    new Response(await (page ??= drawPage(document())), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      },
    });
}

/** Draws an OpenAPI 3.1 document as one page that needs no script, no style of another server and no network. */
async function drawPage(document: OpenApiDocument): Promise<string> {
  const groups = groupByTag(document);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${document.info.title} API</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <nav>
          <b>${document.info.title} ${document.info.version}</b>
          ${[...groups.keys()].map((tag) => html`<a href="#${tag}">${tag}</a>`)}
          <a href="/api/v1/openapi.json">OpenAPI 3.1</a>
        </nav>
        <main>
          <h1>HTTP API</h1>
          <p>
            Send <code>Authorization: Bearer sitepod_…</code>; make a token with <code>sitepod token create</code>. A
            refusal is <code>{"error", "message"}</code> under its status.
          </p>
          ${[...groups].map(
            ([tag, operations]) =>
              html`<h2 id="${tag}">${tag}</h2>
                ${operations}`,
          )}
        </main>
      </body>
    </html>`;
  return String(await page);
}

function groupByTag(document: OpenApiDocument): Map<string, Html[]> {
  const groups = new Map<string, Html[]>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(item as object)) {
      const { tags = ["Other"] } = operation as Operation;
      const group = groups.get(tags[0]!) ?? [];
      group.push(drawOperation(method, path, operation as Operation));
      groups.set(tags[0]!, group);
    }
  }
  return groups;
}

function drawOperation(method: string, path: string, operation: Operation): Html {
  const scope = operation.security?.[0]?.["token"]?.[0];
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  const answer = operation.responses?.["200"]?.content?.["application/json"]?.schema;
  return html`<details>
    <summary>
      <b class="${method}">${method.toUpperCase()}</b> <code>${path}</code>
      <span>${operation.summary}</span> ${scope ? html`<i>${scope}</i>` : ""}
    </summary>
    ${drawParameters(operation)}
    ${
      body
        ? html`<h3>Request</h3>
            ${drawSchema(body)}`
        : ""
    }
    ${
      answer
        ? html`<h3>Answer</h3>
            ${drawSchema(answer)}`
        : ""
    }
  </details>`;
}

function drawParameters({ parameters = [] }: Operation): Html | "" {
  if (parameters.length === 0) return "";
  return html`<h3>Parameters</h3>
    <dl>
      ${parameters.map(
        (parameter) =>
          html`<dt><code>${parameter.name}</code> ${parameter.required ? "" : html`<i>optional</i>`}</dt>
            <dd>in ${parameter.in}; ${typeName(parameter.schema ?? {})} ${parameter.schema?.description ?? ""}</dd>`,
      )}
    </dl>`;
}

function drawSchema(schema: JsonSchema): Html {
  if (schema.items)
    return html`<p>a list of</p>
      ${drawSchema(schema.items)}`;
  if (!schema.properties) return html`<p>${typeName(schema)} ${schema.description ?? ""}</p>`;
  return html`<dl>
    ${Object.entries(schema.properties).map(
      ([name, property]) =>
        html`<dt><code>${name}</code> ${schema.required?.includes(name) ? "" : html`<i>optional</i>`}</dt>
          <dd>
            ${typeName(property)} ${property.description ?? ""}
            ${property.example === undefined ? "" : html`<samp>${JSON.stringify(property.example)}</samp>`}
            ${property.properties || property.items?.properties ? drawSchema(property) : ""}
          </dd>`,
    )}
  </dl>`;
}

function typeName(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf) return schema.anyOf.map(typeName).join(" or ");
  if (schema.items) return `list of ${typeName(schema.items)}`;
  return [schema.type ?? "object"].flat().join(" or ");
}

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#e2e5ea, #2c313a); --soft: light-dark(#5b6472, #9aa4b2); --accent: light-dark(#2f5bea, #8ba6ff); }
body { margin: 0; font: 15px/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 13rem minmax(0, 52rem); gap: 3rem; background: light-dark(#fff, #14171c); }
nav { position: sticky; top: 0; height: 100vh; padding: 2rem 0 0 1.5rem; display: flex; flex-direction: column; gap: .45rem; box-sizing: border-box; }
a { color: var(--accent); text-decoration: none } a:hover { text-decoration: underline }
main { padding: 1rem 1.5rem 6rem 0 } h2 { margin-top: 2.5rem } h3 { font-size: .85rem; color: var(--soft); margin: 1rem 0 .2rem }
details { border-top: 1px solid var(--line); padding: .55rem 0 } summary { cursor: pointer; display: flex; gap: .7rem; align-items: baseline; flex-wrap: wrap }
summary b { font: 600 .75rem ui-monospace, monospace; width: 3.6rem; color: var(--accent) } summary b.delete { color: light-dark(#c2302e, #ff8a80) }
summary span { color: var(--soft) } i { font-size: .8rem; color: var(--soft); font-style: normal; border: 1px solid var(--line); border-radius: 99px; padding: 0 .5rem }
code, samp { font: .88em ui-monospace, monospace } samp { color: var(--soft) } dl { margin: .2rem 0 .2rem 1rem; border-left: 2px solid var(--line); padding-left: 1rem } dd { margin: 0 0 .5rem 0; color: var(--soft) }
@media (max-width: 50rem) { body { display: block } nav { position: static; height: auto; flex-direction: row; flex-wrap: wrap; padding: 1rem } main { padding: 0 1rem 4rem } }
`;
