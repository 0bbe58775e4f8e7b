import type { ShownAs, Span } from "#model";

/** What was answered of a site under one kind of its addresses, in one minute, hour or day. */
export interface TrafficTable {
  site_id: string;
  span: Span;
  /** When the span began. */
  at: string;
  shown_as: ShownAs;
  /** As JSON. */
  figures: string;
}

/** A report that is being added up or was: what is of it already is not added again. */
export interface TrafficReportTable {
  key: string;
  /** When it was begun with. */
  at: string;
  /** How many of its entries are added. */
  added: number;
}
