export const DOMAIN = "sites.test";
/** Two tenants next door to one another. */
export const ONE = `one.${DOMAIN}`;
export const TWO = `two.${DOMAIN}`;
