// The commands and links on this page name the server that sent it, whatever its domain and port are.
const { protocol, host } = location;
const server = `${protocol}//${host.slice(host.indexOf(".") + 1)}`;

document.querySelector("[data-host]")?.replaceChildren(host);
document.querySelector("[data-console]")?.replaceChildren(server);
document.querySelector("[data-console-link]")?.setAttribute("href", server);
document.querySelector("[data-docs-link]")?.setAttribute("href", `${server}/api/docs`);
