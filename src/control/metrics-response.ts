/** Answers with figures in Prometheus' text format, 0.0.4. */
export const metricsResponse = (text: string): Response =>
  new Response(text, { headers: { "content-type": "text/plain; version=0.0.4", "cache-control": "no-store" } });
