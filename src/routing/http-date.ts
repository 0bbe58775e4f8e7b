const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const SHORT_DAY = `(${DAYS.map((day) => day.slice(0, 3)).join("|")})`;
const MONTH = `(?<month>${MONTHS.join("|")})`;
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
/** `Sun, 06 Nov 1994 08:49:37 GMT` */
const IMF_FIXDATE = new RegExp(String.raw`^${SHORT_DAY}, (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${TIME} GMT$`);
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const RFC_850 = new RegExp(String.raw`^(${DAYS.join("|")}), (?<day>\d\d)-${MONTH}-(?<shortYear>\d\d) ${TIME} GMT$`);
/** `Sun Nov  6 08:49:37 1994` */
const ASCTIME = new RegExp(String.raw`^${SHORT_DAY} ${MONTH} (?<day>\d\d| \d) ${TIME} (?<year>\d{4})$`);

const FIFTY_YEARS_S = 50 * 365.25 * 24 * 60 * 60;

/** Writes a time, in whole seconds since the epoch, as HTTP does: `Sun, 06 Nov 1994 08:49:37 GMT`. */
export const formatHttpDate = (seconds: number): string => new Date(seconds * 1000).toUTCString();

/**
 * Reads a date in any of the three forms of RFC 9110, section 5.6.7, as seconds since the epoch. Undefined where the text is
 * none, or names a day that there is not.
 *
 * @param nowS about now: a year of two digits is never more than 50 years after it
 */
export function parseHttpDate(text: string, nowS: number): number | undefined {
  const parts = (IMF_FIXDATE.exec(text) ?? RFC_850.exec(text) ?? ASCTIME.exec(text))?.groups;
  if (!parts) return undefined;
  if (parts["year"] !== undefined) return secondsOf(parts, Number(parts["year"]));
  const century = Math.floor(new Date(nowS * 1000).getUTCFullYear() / 100) * 100;
  // The latest that is not too far ahead.
  return [100, 0, -100]
    .map((offset) => secondsOf(parts, century + offset + Number(parts["shortYear"])))
    .find((seconds) => seconds !== undefined && seconds - nowS <= FIFTY_YEARS_S);
}

function secondsOf(parts: Readonly<Record<string, string>>, year: number): number | undefined {
  const [day, hour, minute, second] = ["day", "hour", "minute", "second"].map((name) => Number(parts[name]));
  const month = MONTHS.indexOf(parts["month"]!);
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month) return undefined;
  // A leap second is written 60.
  if (hour! > 23 || minute! > 59 || second! > 60) return undefined;
  return date.getTime() / 1000 + hour! * 3600 + minute! * 60 + second!;
}
