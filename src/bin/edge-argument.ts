/** The argument by which this program is told to be an edge of the server that starts it. People are not told of it. */
export const EDGE_ARGUMENT = "edge";
